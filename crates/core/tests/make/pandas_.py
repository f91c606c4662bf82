"""Frames, series, indexes, arrays and time types of pandas."""

LIBRARY = "pandas"


def frames():
    import numpy as np
    import pandas as pd

    table = pd.DataFrame({"i": [1, 2], "f": [0.5, np.nan], "s": ["a", None], "b": [True, False]})
    yield "frame", table
    yield "empty", pd.DataFrame()
    yield "series", [pd.Series([1, 2], name="n"), pd.Series(["a", "b"]), pd.Series(dtype=float)]
    yield "types", pd.DataFrame({"c": pd.Categorical(["a", "b"]), "t": pd.to_datetime(["2026-11-23", None]), "z": pd.to_datetime(["2026-11-23", "2026-11-24"]).tz_localize("Europe/Paris"), "d": pd.to_timedelta([1, 2], unit="s"), "n": pd.array([1, None], dtype="Int64"), "w": pd.array(["a", None], dtype="string"), "o": pd.array([True, None], dtype="boolean"), "x": pd.array([0.5, None], dtype="Float64")})
    yield "periods", pd.DataFrame({"p": pd.period_range("2026", periods=2, freq="M"), "v": pd.arrays.IntervalArray.from_breaks([0, 1, 2]), "q": pd.arrays.SparseArray([0, 1])})
    yield "levels", table.set_index(["i", "s"])
    yield "wide", pd.DataFrame(np.ones((2, 3)), columns=pd.MultiIndex.from_product([["a"], ["x", "y", "z"]]))
    yield "view", pd.DataFrame({"a": range(6)})[::2]
    yield "attributes", table.copy()
    yield "grouped", dict(list(table.groupby("b")))


def indexes():
    import pandas as pd

    yield "index", [pd.Index([1, 2]), pd.Index(["a", "b"], name="n"), pd.RangeIndex(3), pd.Index([0.5]), pd.CategoricalIndex(["a"]), pd.MultiIndex.from_tuples([(1, "a")])]
    yield "timeindex", [pd.date_range("2026-11-23", periods=2, tz="UTC"), pd.date_range("2026-11-23", periods=2, freq="B"), pd.timedelta_range("1s", periods=2), pd.period_range("2026", periods=2, freq="Q"), pd.interval_range(0, 2)]
    yield "arrays", [pd.array([1, 2], dtype="UInt8"), pd.array(["a"], dtype="category"), pd.array([1.5], dtype="Float32")]
    yield "dtypes", [pd.CategoricalDtype(["a"]), pd.Int64Dtype(), pd.StringDtype(), pd.BooleanDtype(), pd.DatetimeTZDtype(tz="UTC"), pd.PeriodDtype("M"), pd.IntervalDtype("int64"), pd.SparseDtype(float), pd.Float64Dtype(), pd.UInt8Dtype()]


def moments():
    import pandas as pd

    yield "moments", [pd.Timestamp("2026-11-23"), pd.Timestamp("2026-11-23", tz="UTC"), pd.Timestamp("2026-11-23", tz="Europe/Paris"), pd.Timedelta("1s"), pd.Period("2026-11", "M"), pd.Interval(0, 1), pd.NaT, pd.NA]
    offsets = pd.offsets
    yield "offsets", [made() for made in (offsets.Day, offsets.Hour, offsets.Minute, offsets.Second, offsets.Milli, offsets.Micro, offsets.Nano, offsets.BusinessDay, offsets.MonthEnd, offsets.MonthBegin, offsets.BusinessMonthEnd, offsets.QuarterEnd, offsets.QuarterBegin, offsets.YearEnd, offsets.YearBegin, offsets.Week, offsets.WeekOfMonth, offsets.LastWeekOfMonth, offsets.SemiMonthEnd, offsets.SemiMonthBegin, offsets.BusinessHour, offsets.CustomBusinessDay, offsets.CustomBusinessHour, offsets.CustomBusinessMonthEnd, offsets.CustomBusinessMonthBegin, offsets.DateOffset, offsets.Easter, offsets.FY5253, offsets.BMonthBegin, offsets.BQuarterEnd, offsets.BYearEnd, offsets.BYearBegin, offsets.BQuarterBegin)]
    yield "offset", pd.DateOffset(months=2)


def objects():
    for group in (frames, indexes, moments):
        yield from group()


def files(folder):
    import pandas as pd

    table = pd.DataFrame({"a": [1, 2]})
    table.to_pickle(folder / "frame.pkl")
    for method in ("gzip", "bz2", "xz", "zip"):
        table.to_pickle(folder / ("frame.pkl." + method), compression=method)
