"""Dates and times: how a server stores them, its zone, and the spans of a calendar.

The only door to dateutil.
"""
