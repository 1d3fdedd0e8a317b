"""The number formats that Chinese office programs know by number alone: a file doesn't write down what they are."""

from openpyxl.styles.numbers import BUILTIN_FORMATS

FIRST_OWN = 164  # from here on, a file's own formats
YEAR_MONTH, MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
MORNING, MORNING_SECONDS = '上午/下午h"时"mm"分"', '上午/下午h"时"mm"分"ss"秒"'
EAST_ASIAN = {  # ISO 29500-1, 18.8.30, zh-cn
    **dict.fromkeys((27, 36, 50, 52, 57), YEAR_MONTH),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), MONTH_DAY),
    **dict.fromkeys((34, 55), MORNING),
    **dict.fromkeys((35, 56), MORNING_SECONDS),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
}
BUILTIN = {**BUILTIN_FORMATS, **EAST_ASIAN, 14: "yyyy/m/d", 22: "yyyy/m/d h:mm"}
