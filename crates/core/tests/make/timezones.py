"""Zones and offsets of pytz and dateutil, as data frames and schedulers store them."""

LIBRARY = "dateutil"


def objects():
    import datetime

    import dateutil
    import dateutil.relativedelta
    import dateutil.tz

    yield "zones", [dateutil.tz.tzutc(), dateutil.tz.tzoffset("X", 3600), dateutil.tz.tzlocal()]
    yield "zonestring", dateutil.tz.tzstr("CET-1CEST")
    yield "delta", dateutil.relativedelta.relativedelta(months=1, weekday=dateutil.relativedelta.MO(2))
    zone = dateutil.tz.gettz("UTC")
    yield "zone", zone
    yield "moment", datetime.datetime(2026, 11, 23, tzinfo=dateutil.tz.tzutc())
    try:
        import pytz
    except ImportError:
        return
    yield "pytz", [pytz.utc, pytz.timezone("Europe/Paris"), pytz.FixedOffset(90)]
    yield "pytzmoment", pytz.timezone("Europe/Paris").localize(datetime.datetime(2026, 11, 23))
