"""Ports for demos that run beside each other."""

import socket

import pytest

from scripts.processes import HOST


def find_two():
    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


@pytest.fixture(scope="session")
def two_free_ports():
    return find_two


@pytest.fixture
def free_ports(two_free_ports):
    return two_free_ports()
