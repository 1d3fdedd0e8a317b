"""Which link of the main menu a page belongs to: itself, or the page from which one comes to it."""

from django import template
from django.utils.safestring import SafeString

register = template.Library()

LEADS_ON = {
    "tasks:desk": "tasks:unfiled",
    "tasks:my": (
        "tasks:report-edit tasks:file-all tasks:report-history tasks:report-filed tasks:my-requests "
        "tasks:request-new tasks:my-milestones tasks:milestone-report reports:fill-in reports:fill-in-check"
    ),
    "reports:dashboard": (
        "reports:news reports:ranking reports:section-detail reports:period-detail reports:period-reports "
        "tasks:period-list tasks:period-revise tasks:period-lock tasks:report-waive tasks:plan-settings "
        "tasks:notice"
    ),
    "tasks:item-list": (
        "tasks:assignment-list tasks:item-detail tasks:saved-view-list tasks:item-amend tasks:item-dates "
        "tasks:item-weights tasks:item-steer tasks:plan-steer tasks:planned-steering tasks:item-suspend "
        "tasks:item-split tasks:item-merge tasks:item-correct tasks:assignment-close tasks:evidence-view"
    ),
    "tasks:roadmap": (
        "tasks:roadmap-propose tasks:milestone-new tasks:milestone-detail tasks:milestone-move "
        "tasks:milestone-withdraw tasks:milestone-review"
    ),
    "reports:local": "reports:local-city reports:local-item reports:local-ranking tasks:local-duty",
    "reports:agency-list": (
        "reports:agency-detail tasks:directory tasks:agency-contacts tasks:agency-people tasks:hand-over "
        "tasks:group-detail tasks:succession-list tasks:succession-new reports:account-list reports:account-open "
        "reports:account-slips"
    ),
    "reports:package-list": (
        "reports:package-detail reports:desk reports:package-compare reports:package-verify reports:briefing-text"
    ),
    "tasks:review-list": "tasks:review-detail tasks:review-decided tasks:phrase-list",
    "tasks:request-list": "tasks:request-detail",
    "tasks:instruction-list": "tasks:instruction-detail tasks:instruction-new",
    "tasks:urge-list": "tasks:urge-detail tasks:urge-new tasks:urge-slip tasks:urge-slips",
    "tasks:reminder-list": (
        "tasks:reminder-detail tasks:reminder-preview tasks:rule-list tasks:reminder-settings tasks:rule-new "
        "tasks:rule-edit"
    ),
    "tasks:plan-list": (
        "tasks:import-list tasks:import-draft tasks:import-item tasks:import-confirm tasks:local-new "
        "tasks:correspondence tasks:setup tasks:office"
    ),
    "reports:change-list": "reports:record-list",
}
BELONGS_TO = {page: link for link, pages in LEADS_ON.items() for page in pages.split()}
ADMINISTRATION = "admin"


@register.simple_tag(takes_context=True)
def under(context: template.Context, link: str) -> SafeString:
    """Marks that link of the menu while its page is open, or one to which it leads on."""
    match = context["request"].resolver_match  # none where no page was found
    if not match:
        return SafeString("")
    belongs_to = f"{ADMINISTRATION}:index" if match.namespace == ADMINISTRATION else BELONGS_TO.get(match.view_name)
    return SafeString(' aria-current="page"' if link in (match.view_name, belongs_to) else "")
