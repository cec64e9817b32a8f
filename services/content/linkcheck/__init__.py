"""Asks the sites that publications link to whether their pages are still there.

It runs as a process of its own (`python -m services.content.linkcheck`): what strangers' servers answer stays outside
of the service, and asyncio works the same under either runtime."""
