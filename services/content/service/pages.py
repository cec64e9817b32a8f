"""The doors of pages."""

from nexus.caller import Caller
from nexus.service import rpc
from services.content.contracts.pages import (
    GetPage,
    ImportPages,
    ListPages,
    Page,
    PageList,
    PublishPage,
    RetirePage,
)
from services.content.contracts.publications import ImportReport
from services.content.service.desk import Desk


class PageDoors:
    """What the service answers about pages."""

    pages: Desk

    @rpc
    def get_page(self, query: GetPage, caller: Caller) -> Page:
        found: Page = self.pages.get(query.ref, caller)
        return found

    @rpc
    def list_pages(self, query: ListPages, caller: Caller) -> PageList:
        return PageList(**self.pages.page(query.status, query.after, query.limit, caller))

    @rpc
    def publish_page(self, command: PublishPage, caller: Caller) -> Page:
        published: Page = self.pages.publish(command.id, command.revision, caller)
        return published

    @rpc
    def retire_page(self, command: RetirePage, caller: Caller) -> Page:
        retired: Page = self.pages.retire(command.id, command.revision, caller)
        return retired

    @rpc
    def import_pages(self, command: ImportPages, caller: Caller) -> ImportReport:
        return self.pages.bring_in(
            command.source, command.rows, caller, publish=command.publish, dry_run=command.dry_run
        )
