"""A message leaves by one of these ways, one class each; `settings.CHANNELS` decides which are in use."""

from collections.abc import Callable

from django.conf import settings

from tasks.channels.base import NotSent, Outgoing, Sender, Sent, ShortLine
from tasks.channels.inapp import InApp
from tasks.channels.mail import Mail
from tasks.channels.robots import DingTalkRobot, FeishuRobot, WeComRobot
from tasks.channels.sms import TextMessage
from tasks.channels.webhook import Webhook
from tasks.channels.wecom import WeComApp

__all__ = ["NotSent", "Outgoing", "Sender", "Sent", "ShortLine", "is_configured", "sender_for"]

CLASSES: dict[str, Callable[..., Sender]] = {
    "in_app": InApp,
    "email": Mail,
    "webhook": Webhook,
    "dingtalk": DingTalkRobot,
    "wecom_robot": WeComRobot,
    "wecom_app": WeComApp,
    "feishu": FeishuRobot,
    "sms": TextMessage,
}


def sender_for(name: str) -> Sender:
    """The channel's sender; raises NotSent where this installation has none: somebody may still set it up."""
    if not is_configured(name):
        raise NotSent("本系统没有开通这一渠道。")
    return CLASSES[name](**settings.CHANNELS[name])


def is_configured(name: str) -> bool:
    """Whether the channel can be used: in-app always, the others when their own address or key is set."""
    return name in CLASSES and name in settings.CHANNELS
