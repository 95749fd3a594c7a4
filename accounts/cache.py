"""A cache that may be away: what it held is read from its source meanwhile.

Quality: the broker gone and back. Sessions stand in the database as well, so that
without Redis pages are a little slower, not gone. Attempts to sign in are not counted
meanwhile, and a code of the second factor is not kept from being used twice.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# After a failure nobody waits for the same server again for this long.
PAUSE_SECONDS = 2.0
OWED_AT_MOST = 10_000


@dataclass
class Reach:
    """What this process knows of one server; its threads share it."""

    away_until: float = 0.0
    # Entries changed while it was away: an ended session must not come back with it.
    owed: set[str] = field(default_factory=set)


REACHES: dict[str, Reach] = {}


class ForgivingRedisCache(RedisCache):
    """Django's own; answers as an empty cache does when the server does not."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._reach = REACHES.setdefault(str(server), Reach())

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        return self._ask(
            lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version),
            otherwise=True,
        )

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask(
            lambda: super(ForgivingRedisCache, self).get(key, default, version),
            otherwise=default,
        )

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        return self._ask(
            lambda: super(ForgivingRedisCache, self).get_many(keys, version),
            otherwise={},
        )

    def has_key(self, key: Any, version: Any = None) -> bool:
        return self._ask(
            lambda: super(ForgivingRedisCache, self).has_key(key, version),
            otherwise=False,
        )

    def touch(
        self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        return self._ask(
            lambda: super(ForgivingRedisCache, self).touch(key, timeout, version),
            otherwise=False,
        )

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        return self._ask(
            lambda: super(ForgivingRedisCache, self).incr(key, delta, version),
            otherwise=delta,
        )

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        self._ask(
            lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version),
            otherwise=None,
            changed=[self.make_and_validate_key(key, version=version)],
        )

    def set_many(
        self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> list[Any]:
        return self._ask(
            lambda: super(ForgivingRedisCache, self).set_many(data, timeout, version),
            otherwise=list(data),
            changed=[self.make_and_validate_key(key, version=version) for key in data],
        )

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._ask(
            lambda: super(ForgivingRedisCache, self).delete(key, version),
            otherwise=False,
            changed=[self.make_and_validate_key(key, version=version)],
        )

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        keys = list(keys)
        self._ask(
            lambda: super(ForgivingRedisCache, self).delete_many(keys, version),
            otherwise=None,
            changed=[self.make_and_validate_key(key, version=version) for key in keys],
        )

    def _ask(
        self,
        question: Callable[[], Any],
        *,
        otherwise: Any,
        changed: Iterable[str] = (),
    ) -> Any:
        reach = self._reach
        if time.monotonic() >= reach.away_until:
            try:
                self._pay()
                return question()
            except RedisError as error:
                reach.away_until = time.monotonic() + PAUSE_SECONDS
                logger.warning("the cache is away: %s", type(error).__name__)
        if len(reach.owed) < OWED_AT_MOST:
            reach.owed.update(changed)
        return otherwise

    def _pay(self) -> None:
        """Forget what changed while the server was away, before anything is read."""
        if owed := list(self._reach.owed):
            self._cache.delete_many(owed)
            self._reach.owed.difference_update(owed)
