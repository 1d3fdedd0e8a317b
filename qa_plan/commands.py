"""What all commands share: they say in Chinese what is wrong with their arguments, and why a file can't be had."""

import errno
import re
from argparse import SUPPRESS
from functools import partial
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter, OutputWrapper

# What argparse says, and how an office is told.
WORDS = (
    (re.compile(r"the following arguments are required: (.+)"), r"缺少参数：\1"),
    (re.compile(r"unrecognized arguments: (.+)"), r"没有这样的参数：\1"),
    (re.compile(r"argument (\S+): expected (?:one|at least one) argument"), r"参数 \1 后面缺少内容"),
    (re.compile(r"argument (\S+): invalid int value: '(.*)'"), r"参数 \1 应为整数：\2"),
    (re.compile(r"argument (\S+): invalid choice: '(.*?)'.*"), r"参数 \1 没有“\2”这个选项"),
    (re.compile(r"ambiguous option: (\S+) could match (.+)"), r"参数 \1 不明确，可能是 \2"),
    (re.compile(r"argument (\S+): (.+)"), r"参数 \1：\2"),
)
CAUSES = {
    errno.ENOENT: "文件或文件夹不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已有同名的文件",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.ENAMETOOLONG: "文件名过长",
    errno.EADDRINUSE: "已被其他程序占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
}
# Django's own options still work; they are none of an office's.
UNSPOKEN = {"--version", "--verbosity", "--settings", "--pythonpath", "--traceback"} | {
    *("--no-color", "--force-color", "--skip-checks"),
}


class _Told(OutputWrapper):
    """Refusals are told without the name of a Python class before them."""

    def write(self, msg: str = "", *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        super().write(msg.removeprefix("CommandError: "), *args, **kwargs)


class _Help(DjangoHelpFormatter):
    def add_usage(self, *args: Any, **kwargs: Any) -> None:
        super().add_usage(*args, **{**kwargs, "prefix": "用法："})


class OfficeCommand(BaseCommand):
    """A command that people in an office run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = _Told(self.stderr._out)  # type: ignore[arg-type]
        told.style_func = self.stderr.style_func
        self.stderr = told

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, formatter_class=_Help, **kwargs)
        parser._positionals.title, parser._optionals.title = "参数", "选项"
        for action in parser._actions:
            if "--help" in action.option_strings:
                action.help = "显示此说明"
            elif UNSPOKEN & set(action.option_strings):
                action.help = SUPPRESS
        parser.error = partial(_refuse, parser)  # type: ignore[method-assign]
        return parser


def _refuse(parser: CommandParser, message: str) -> NoReturn:
    said = in_chinese(message)
    if not parser.called_from_command_line:
        raise CommandError(f"{said}。")
    parser.exit(2, f"{parser.format_usage()}{said}。\n")


def in_chinese(message: str) -> str:
    """What is wrong with the arguments, as an office is told; what isn't known stays as it is."""
    for pattern, words in WORDS:
        if pattern.fullmatch(message):
            return pattern.sub(words, message)
    return message


def cause_of(error: BaseException) -> str:
    """Why a file or an address can't be had."""
    number = getattr(error, "errno", None) or 0
    return CAUSES.get(number) or getattr(error, "strerror", None) or "写法有误"
