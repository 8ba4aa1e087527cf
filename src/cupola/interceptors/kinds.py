"""All kinds of weapons under one name, told apart by ``kind``."""

from typing import Annotated

from pydantic import Field

from cupola.interceptors.spec import GroundInterceptorSpec, SpaceInterceptorSpec

InterceptorSpec = Annotated[SpaceInterceptorSpec | GroundInterceptorSpec, Field(discriminator="kind")]
