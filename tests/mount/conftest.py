"""The fixtures of the tests of the mount."""

from fixtures import *  # noqa: F403
