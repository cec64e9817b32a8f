"""The doors of activities."""

from nexus.caller import Caller
from nexus.service import rpc
from services.content.contracts.activities import (
    Activity,
    ActivityPage,
    GetActivity,
    ImportActivities,
    ListActivities,
    PublishActivity,
    RetireActivity,
)
from services.content.contracts.publications import ImportReport
from services.content.service.desk import Desk


class ActivityDoors:
    """What the service answers about activities."""

    activities: Desk

    @rpc
    def get_activity(self, query: GetActivity, caller: Caller) -> Activity:
        found: Activity = self.activities.get(query.ref, caller)
        return found

    @rpc
    def list_activities(self, query: ListActivities, caller: Caller) -> ActivityPage:
        wanted = {"theme": query.theme}
        return ActivityPage(**self.activities.by_date(query, caller, wanted, upcoming=query.upcoming))

    @rpc
    def publish_activity(self, command: PublishActivity, caller: Caller) -> Activity:
        published: Activity = self.activities.publish(command.id, command.revision, caller)
        return published

    @rpc
    def retire_activity(self, command: RetireActivity, caller: Caller) -> Activity:
        retired: Activity = self.activities.retire(command.id, command.revision, caller)
        return retired

    @rpc
    def import_activities(self, command: ImportActivities, caller: Caller) -> ImportReport:
        return self.activities.bring_in(
            command.source, command.rows, caller, publish=command.publish, dry_run=command.dry_run
        )
