"""Makes native charts of described ones, with values beside the references: WPS and viewers draw from those."""

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint, Marker
from openpyxl.chart.series import Series as NativeSeries
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

from reports.xlsx.sheets import Chart, Series

DASHES = ("solid", "dash", "sysDot", "lgDashDot")
MARKS = ("circle", "square", "triangle", "diamond", "x", "plus")


def native_chart(chart: Chart) -> BarChart | LineChart:
    made = _lines() if chart.is_lines else _bars(chart)
    made.title = chart.title
    made.width, made.height = chart.width, chart.height
    made.title.overlay = False
    if len(chart.series) > 1:
        made.legend.position, made.legend.overlay = "b", False
    else:
        made.legend = None
    # Without this word axes vanish in newer versions of Excel.
    made.x_axis.delete = made.y_axis.delete = False
    made.y_axis.number_format = chart.number_format
    made.y_axis.scaling.min = 0
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="DDE1E4"))
    for place, series in enumerate(chart.series):
        made.series.append(_line(series, chart, place) if chart.is_lines else _bar(series, chart, place))
    return made


def _bars(chart: Chart) -> BarChart:
    made = BarChart()
    made.type = "bar" if chart.is_horizontal else "col"
    made.grouping, made.overlap = ("stacked", 100) if chart.is_stacked else ("clustered", -10)
    made.gapWidth = 60
    if chart.is_horizontal:
        made.x_axis.scaling.orientation = "maxMin"
        made.y_axis.crosses = "max"  # so that the figures stay below
    return made


def _lines() -> LineChart:
    made = LineChart()
    made.grouping = "standard"
    made.display_blanks = "gap"
    made.y_axis.crossBetween = "between"
    return made


def _bar(series: Series, chart: Chart, place: int) -> NativeSeries:
    made = _series(series, chart, place, spPr=GraphicalProperties(solidFill=series.colour))
    made.invertIfNegative = False
    made.dPt = [
        DataPoint(idx=number, invertIfNegative=False, spPr=GraphicalProperties(solidFill=colour))
        for number, colour in enumerate(series.colours)
    ]
    if not chart.is_stacked:
        made.dLbls = _figures(chart)
    return made


def _line(series: Series, chart: Chart, place: int) -> NativeSeries:
    """Lines differ by their dashes and marks as well as by colour: they are printed in black.

    They cross, so their figures stand in the cells alone.
    """
    stroke = LineProperties(solidFill=series.colour, w=22225, prstDash=DASHES[place % len(DASHES)])
    made = _series(series, chart, place, spPr=GraphicalProperties(ln=stroke))
    edge = LineProperties(solidFill=series.colour)
    shape = GraphicalProperties(solidFill=series.colour, ln=edge)
    made.marker = Marker(symbol=MARKS[place % len(MARKS)], size=7, spPr=shape)
    made.smooth = False
    return made


def _series(series: Series, chart: Chart, place: int, *, spPr: GraphicalProperties) -> NativeSeries:
    labels = [StrVal(idx=number, v=label) for number, label in enumerate(chart.labels)]
    known = [(number, value) for number, value in enumerate(series.values) if value is not None]
    values = [NumVal(idx=number, v=str(value)) for number, value in known]
    return NativeSeries(
        idx=place,
        order=place,
        tx=SeriesLabel(v=series.name),
        cat=AxDataSource(strRef=StrRef(f=chart.categories, strCache=StrData(ptCount=len(labels), pt=labels))),
        val=NumDataSource(
            numRef=NumRef(
                f=series.cells,
                numCache=NumData(formatCode=chart.number_format, ptCount=len(series.values), pt=values),
            )
        ),
        spPr=spPr,
    )


def _figures(chart: Chart) -> DataLabelList:
    made = DataLabelList(
        showVal=True,
        showSerName=False,
        showCatName=False,
        showLegendKey=False,
        showPercent=False,
        showBubbleSize=False,
    )
    made.numFmt = chart.number_format
    return made
