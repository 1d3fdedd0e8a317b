"""Agencies of a 机构调整: two that are merged, renamed or split, and the one that takes over."""

import pytest

from tests.support.factories import make_agency


@pytest.fixture
def zhijian(db):
    return make_agency("省质监局", ordinal=1)


@pytest.fixture
def gongshang(db):
    return make_agency("省工商局", ordinal=2)


@pytest.fixture
def market(db):
    return make_agency("省市场监管局", ordinal=3)
