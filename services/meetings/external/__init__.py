"""Reads the calendars that advisors keep elsewhere, for the times at which they are busy.

It runs as a process of its own (`python -m services.meetings.external`): what strangers' servers send is fetched and
read outside of the service, with limits to memory and time, so that nothing in it can hold the service up."""
