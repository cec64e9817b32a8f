"""Sends what webhooks are told.

It runs as a process of its own (`python -m services.notifications.webhooks.outgoing`): what strangers' servers answer
stays outside of the service, and asyncio works the same under either runtime. It is given no secret: what it sends is
signed already."""
