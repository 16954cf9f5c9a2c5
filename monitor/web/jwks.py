"""Fetches a JSON Web Key Set."""

from typing import Final

import aiohttp

#: Seconds for all of it, and the most bytes that are read: sets have a few kilobytes.
PATIENCE: Final = 5.0
LONGEST: Final = 256 * 1024


async def fetch(url: str) -> bytes:
    """Return the document at this address. Raises OSError, TimeoutError or ValueError; none names the address."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session,
            session.get(url, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            if answer.status != 200:
                raise ValueError(f"the answer was {answer.status}")
            body = await answer.content.read(LONGEST + 1)
            while len(body) <= LONGEST and (more := await answer.content.read(LONGEST + 1 - len(body))):
                body += more
    except aiohttp.ClientConnectorError as error:
        raise OSError(f"no connection: {error.os_error.strerror or 'its name or its certificate'}") from None
    except aiohttp.ClientError as error:
        raise OSError(type(error).__name__) from None
    if len(body) > LONGEST:
        raise ValueError(f"it has more than {LONGEST} bytes")
    return body
