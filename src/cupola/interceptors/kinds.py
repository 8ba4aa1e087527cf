"""All kinds of weapons under one name, told apart by ``kind``."""

from typing import Annotated

from pydantic import Field

from cupola.interceptors.aerial import AerialInterceptorSpec
from cupola.interceptors.laser import LaserSpec
from cupola.interceptors.spec import GroundInterceptorSpec, SpaceInterceptorSpec

InterceptorSpec = Annotated[
    SpaceInterceptorSpec | GroundInterceptorSpec | AerialInterceptorSpec | LaserSpec, Field(discriminator="kind")
]
