from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.modalities.table_dates import days_of, orders, read


def days(*given_):
    return [(day - date(1970, 1, 1)).days for day in given_]


def test_the_order_of_day_and_month_is_told_by_the_cells_of_the_same_separator():
    text = pl.Series(["03/04/2019", "25/04/2019", "03.04.2019", "04.25.2019", "2 May 2019", "2019-05-03", "2019/05/04"])
    found = read(text, orders(text))
    expected = days(date(2019, 4, 3), date(2019, 4, 25), date(2019, 3, 4), date(2019, 4, 25), date(2019, 5, 2),
                    date(2019, 5, 3), date(2019, 5, 4))  # fmt: skip
    assert found.days.tolist() == expected
    assert not found.ambiguous.any()


def test_dates_that_can_be_read_in_two_ways_are_not_read():
    text = pl.Series(["03/04/2019", "05/06/2019", None])
    found = read(text, orders(text))
    assert np.isnan(found.days).all()
    assert found.ambiguous.tolist() == [True, True, False]
    text = pl.Series(["13/04/2019", "04/13/2019"])
    assert orders(text) == {}


@settings(deadline=None)
@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=1))
def test_clear_dates_come_back(dates):
    assert read(pl.Series([day.isoformat() for day in dates]), {}).days.tolist() == days(*dates)
    assert days_of(pl.Series(dates)).tolist() == days(*dates)


def test_the_time_of_day_counts_where_it_is_known():
    assert days_of(pl.Series([datetime(1970, 1, 2, 12), None]))[0] == 1.5
