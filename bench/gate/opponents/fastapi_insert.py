"""The same scan as one insert by FastAPI: a model of the body, a pool of connections. Nothing is opened or decided."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Header, Request
from pydantic import BaseModel

INSERT = "INSERT INTO scan VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"


class Scan(BaseModel):
    id: UUID
    code: str
    venue: str
    scanned_at: datetime
    sent_at: datetime
    presence: str
    direction: str
    temperature_c: float


class Told(BaseModel):
    id: UUID
    outcome: str


@asynccontextmanager
async def with_pool(made: FastAPI) -> AsyncIterator[None]:
    folder, size = os.environ["POSTGRES_FOLDER"], int(os.environ["POOL"])
    async with asyncpg.create_pool(
        host=folder, user="fangxian", database="fangxian", min_size=size, max_size=size
    ) as made.state.pool:
        yield


app = FastAPI(lifespan=with_pool)


@app.post("/scan")
async def scan(sent: Scan, request: Request, authorization: Annotated[str, Header()]) -> Told:
    await request.app.state.pool.execute(
        INSERT, sent.id, sent.code, sent.venue, sent.scanned_at, sent.sent_at, sent.presence, sent.direction,
        sent.temperature_c, authorization,
    )  # fmt: skip
    return Told(id=sent.id, outcome="admit")
