"""Made-up wording, as long as the real one: the notice's tasks have some 220 characters, the demo's reports some 75."""

from itertools import product
from random import Random


def words(text: str) -> list[str]:
    return text.split()


CITIES = words("合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城")
BUREAUS = words(
    "发展改革委 教育局 科技局 经济和信息化委 公安局 民政局 财政局 人力资源社会保障局 国土资源局 环境保护局 "
    "城乡建设委 交通运输局 农委 水务局 商务局 文广新局 卫生计生委 审计局 国资委 地税局 工商局 质监局 安全监管局 "
    "食品药品监管局 统计局 旅游局 粮食局 林业局 城管局 金融办 新闻办 供销社"
)
TOPICS = words(
    "质量强市 名牌培育 标准化良好行为 计量惠民 认证认可 检验检测公共服务 特种设备安全 消费品质量提升 工程质量治理 "
    "旅游服务提升 农产品质量安全 食品安全城市 放心消费 质量信用 首席质量官 质量攻关 品牌价值评价 出口质量安全示范区"
)
DEEDS = words("组织开展 深入推进 全面落实 持续完善 督促检查 集中整治 试点推广 联合开展")
INDICATORS = (
    ("新增名牌产品", "个"),
    ("新增地理标志", "件"),
    ("培训企业人员", "人次"),
    ("制修订地方标准", "项"),
    ("监督抽查批次", "批次"),
    ("新增有机产品认证", "张"),
)


def agency_names() -> list[str]:
    return [f"{city}市{bureau}" for bureau, city in product(BUREAUS, CITIES)]


class Wording:
    """Sentences drawn from stocks that are made once; the same seed draws the same ones."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.measures = [self._measure() for _ in range(2000)]
        self.progress = [self._progress() for _ in range(3000)]

    def _measure(self) -> str:
        first, second, third = self.random.sample(TOPICS, 3)
        deed, other = self.random.sample(DEEDS, 2)
        return (
            f"{deed}{first}工作，健全部门协调、企业主体、社会参与的工作机制，{other}{second}专项行动，"
            f"年内覆盖{self.random.randint(20, 100)}%以上的县（市、区），并与{third}同步检查考核。"
        )

    def _progress(self) -> str:
        first, second = self.random.sample(TOPICS, 2)
        number = self.random.randint
        return (
            f"{self.random.choice(DEEDS)}{first}工作，走访企业{number(20, 900)}家，发现问题{number(10, 300)}个，"
            f"已整改{number(5, 200)}个；举办{second}培训{number(1, 12)}期，参训{number(60, 2000)}人次，"
            f"印发资料{number(1, 40)}千份。"
        )

    def title(self) -> str:
        return f"{self.random.choice(DEEDS)}{self.random.choice(TOPICS)}"

    def item_measures(self) -> list[str]:
        return self.random.sample(self.measures, self.random.randint(2, 4))

    def report(self) -> str:
        return self.random.choice(self.progress)
