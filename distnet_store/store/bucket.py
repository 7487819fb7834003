"""How is a bucket opened: at which address, with whose credentials?

Variables of the environment count first (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, …, and those of Google
and Azure, as their own tools read them). For S3 the profiles of ``~/.aws`` come next, by ``AWS_PROFILE``.
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from obstore.store import ObjectStore, S3Store, from_url

from distnet_store.errors import MissingExtraError, StorageError

if TYPE_CHECKING:
    from botocore.session import Session
    from obstore.store import ClientConfig, S3Config, S3Credential  # only for type checkers

_S3_SCHEMES = frozenset({"s3", "s3a"})
_KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SKIP_SIGNATURE")
_CONTAINER_VARIABLES = (
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def open_bucket(url: str) -> ObjectStore:
    """Return the store of a URL; nothing is asked of it yet.

    Raises:
        MissingExtraError: the credentials are in a profile, and botocore is not installed to read it.
        StorageError: there is no such profile, or it has no credentials.
    """
    if urlparse(url).scheme not in _S3_SCHEMES:
        endpoint = os.environ.get("AZURE_STORAGE_ENDPOINT", "")
        return from_url(url, client_options=_client_options(endpoint if _is_azure(url) else url))
    profile = _profile()
    if profile is None:
        endpoint = os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
        return S3Store.from_url(url, client_options=_client_options(endpoint))
    session = _session(profile)
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or _setting(session, "endpoint_url")
    region = os.environ.get("AWS_REGION") or _setting(session, "region")
    config: S3Config = {}
    if endpoint:
        config["endpoint"] = endpoint
    if region:
        config["region"] = region
    return S3Store.from_url(
        url,
        config=config,
        client_options=_client_options(endpoint),
        credential_provider=ProfileCredentials(profile),
    )


@dataclass(frozen=True)
class ProfileCredentials:
    """Gives the credentials of a profile when they are asked for, in whichever process that is."""

    profile: str

    def __call__(self) -> S3Credential:
        """Return credentials that were valid when they were read; they are read anew before they expire."""
        found = _session(self.profile).get_credentials()
        if found is None:
            raise StorageError(
                f"the profile {self.profile!r} has no credentials",
                expected="keys, a role or a sign-on in ~/.aws/credentials or ~/.aws/config",
                remedy="run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )
        keys = found.get_frozen_credentials()
        soon = datetime.datetime.now(datetime.UTC) + _KEPT
        credential: S3Credential = {
            "access_key_id": keys.access_key,
            "secret_access_key": keys.secret_key,
            "expires_at": soon,
        }
        if keys.token:
            credential["token"] = keys.token
        return credential


_KEPT = datetime.timedelta(minutes=5)
"""Credentials are asked for again after this: the session renews those that expire."""


def _profile() -> str | None:
    """Return the profile whose credentials are needed, None where the environment has others."""
    if any(os.environ.get(name) for name in (*_KEY_VARIABLES, *_CONTAINER_VARIABLES)):
        return None
    if (named := os.environ.get("AWS_PROFILE")) is not None:
        return named
    return "default" if any(Path(file).expanduser().is_file() for file in _files()) else None


def _files() -> tuple[str, str]:
    return (
        os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        os.environ.get("AWS_CONFIG_FILE", "~/.aws/config"),
    )


def _session(profile: str) -> Session:
    return _session_of(profile, *_files())


@cache
def _session_of(profile: str, _credentials: str, _config: str) -> Session:
    """Return the session, which renews its credentials; the files' names tell other ones apart."""
    try:
        from botocore.exceptions import ProfileNotFound
        from botocore.session import Session as BotocoreSession
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "the credentials are in a profile of ~/.aws",
            found="botocore, which reads profiles, is not installed",
            remedy='pip install "distnet-store[s3]", or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
        ) from error
    session = BotocoreSession(profile=profile)
    try:
        session.get_scoped_config()
    except ProfileNotFound as error:
        raise StorageError(
            f"there is no profile {profile!r}",
            found=", ".join(session.available_profiles) or "no profiles",
            where="~/.aws",
            remedy="set AWS_PROFILE to one that is there",
        ) from error
    return session


def _setting(session: Session, name: str) -> str:
    return str(session.get_scoped_config().get(name, ""))


def _is_azure(url: str) -> bool:
    return urlparse(url).scheme in {"az", "abfs", "abfss"}


def _client_options(endpoint: str) -> ClientConfig:
    """Return options that allow plain HTTP where the address that was given says so."""
    return {"allow_http": True} if endpoint.startswith("http://") else {}
