"""The doors of words that a sector writes for its mails. What is behind them needs libraries that other processes,
which load all declarations, do without."""

from typing import Protocol

from nexus.caller import Caller, Role
from nexus.service import rpc
from services.notifications.contracts.templates import (
    GetTemplate,
    GetTemplateHistory,
    ListTemplates,
    MailTemplate,
    PreviewTemplate,
    SaveTemplate,
    TemplateHistory,
    TemplateInBrief,
    TemplatePreview,
)

_LEADERS = (Role.COORDINATOR, Role.ADMIN)


class TemplateUses(Protocol):
    """The use cases."""

    def listed(self, caller: Caller) -> tuple[TemplateInBrief, ...]: ...
    def show(self, query: GetTemplate, caller: Caller) -> MailTemplate: ...
    def history(self, query: GetTemplateHistory, caller: Caller) -> TemplateHistory: ...
    def save(self, command: SaveTemplate, caller: Caller) -> TemplateInBrief: ...
    def preview(self, query: PreviewTemplate, caller: Caller) -> TemplatePreview: ...


class TemplateDoors:
    """What the service answers about words of mails."""

    templates: TemplateUses

    @rpc
    def list_templates(self, query: ListTemplates, caller: Caller) -> tuple[TemplateInBrief, ...]:
        caller.require(*_LEADERS)
        return self.templates.listed(caller)

    @rpc
    def get_template(self, query: GetTemplate, caller: Caller) -> MailTemplate:
        caller.require(*_LEADERS)
        return self.templates.show(query, caller)

    @rpc
    def get_template_history(self, query: GetTemplateHistory, caller: Caller) -> TemplateHistory:
        caller.require(*_LEADERS)
        return self.templates.history(query, caller)

    @rpc
    def save_template(self, command: SaveTemplate, caller: Caller) -> TemplateInBrief:
        caller.require(*_LEADERS)
        return self.templates.save(command, caller)

    @rpc
    def preview_template(self, query: PreviewTemplate, caller: Caller) -> TemplatePreview:
        caller.require(*_LEADERS)
        return self.templates.preview(query, caller)
