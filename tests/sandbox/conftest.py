"""Raw calls to the sandbox."""

import pytest

from tests.sandbox.raw import Api
from tests.sandbox_fixture import Sandbox


@pytest.fixture
def api(sandbox: Sandbox) -> Api:
    return Api(sandbox)
