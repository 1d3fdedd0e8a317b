"""An edition keeps its facts beside its files, as they were when it was built."""

from reports.models import Edition, PackageFile
from reports.packages.keeping import StorageError, read
from reports.quarter import BadDefinition, Snapshot, restore


class FactsUnreadable(Exception):
    """The facts are lost, or another version of the product wrote them in its own way; says so in Chinese."""


def kept_facts(edition: Edition) -> Snapshot:
    """Reads the facts of the edition back. Raises FactsUnreadable."""
    file = edition.files.select_related("blob").get(kind=PackageFile.Kind.FACTS)
    try:
        return restore(read(file.blob))
    except StorageError as error:
        raise FactsUnreadable(f"{edition.package}保存的数据已缺失，请联系系统管理员。") from error
    except BadDefinition as error:
        raise FactsUnreadable(f"{edition.package}的数据由其他版本的系统保存，不能读取；文件仍可下载。") from error
