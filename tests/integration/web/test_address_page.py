"""The page that reads addresses, alone: no store, no user, nothing kept, nothing from other sites."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from postloan.web.address_app import create_address_app


@pytest.fixture(scope="module")
def client():
    app = create_address_app()

    def ask(method, path, **more):
        async def asked():
            transport = httpx.ASGITransport(app=app)
            base = "http://addresses.test"
            async with httpx.AsyncClient(transport=transport, base_url=base, follow_redirects=True) as one:
                return await one.request(method, path, **more)

        # in a thread of its own: a browser that another test keeps open has its loop in this one
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(lambda: asyncio.run(asked())).result()

    return ask


def read(client, text, lang="en", **more):
    form = {"addresses": text, "mode": "accurate"}
    return client("POST", f"/addresses?lang={lang}", data=form, **more)


def test_the_first_page_is_the_one_that_reads_addresses(client):
    page = client("GET", "/", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "Read an address" in page.text


def test_every_part_of_an_address_is_named_with_the_divisions_of_today(client):
    page = read(client, "广州市萝岗区科学大道88号A栋1203房")
    assert page.status_code == 200
    for said in (
        "科学大道",
        "1203房",
        "440112",
        "黄埔区",
        "广东省 completed",
        "萝岗区 lies in 黄埔区 today",
        "广东省广州市黄埔区科学大道88号A幢1203室",
        "exact to the door",
    ):
        assert said in page.text


def test_a_name_that_fits_several_places_shows_all_of_them_and_chooses_none(client):
    page = read(client, "鼓楼区中山北路26号", "zh").text
    assert "文本中的名称不能确定任何区划" in page
    for place in ("南京市", "徐州市", "福州市", "开封市"):
        assert place in page


def test_what_a_postman_would_miss_is_asked(client):
    page = read(client, "鼓楼区中山北路26号").text
    assert "Which city and which county or district is it in?" in page


def test_further_lines_are_compared_with_the_first(client):
    page = read(
        client,
        "杭州市余杭区文一西路969号3幢501室\n浙江杭州余杭文一西路九百六十九号3号楼501\n杭州市余杭区文一西路969号4幢501室",
    ).text
    assert "same unit" in page
    assert "house different" in page or "building different" in page


def test_what_is_typed_is_text_and_never_markup(client):
    page = read(client, "<script>alert(1)</script>浙江省").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_an_address_stands_in_no_url_and_no_cache(client):
    page = read(client, "浙江省杭州市")
    assert page.headers["cache-control"] == "no-store"
    assert "hx-post" in page.text
    assert 'method="get"' not in page.text


def test_only_twenty_lines_are_read_and_it_is_said(client):
    page = read(client, "\n".join(f"浙江省杭州市{n}号" for n in range(30))).text
    assert page.count('<section class="address"') == 20
    assert "Only the first 20 lines were read" in page


@pytest.mark.parametrize("text", ["", "   \n \n", "😀", "x" * 10_000, "\x00\x07", "12345", "hello there"])
def test_odd_input_gets_a_page_and_never_a_failure(client, text):
    assert read(client, text).status_code == 200


def test_another_site_cannot_use_the_page(client):
    assert read(client, "浙江省", headers={"origin": "http://elsewhere.test"}).status_code == 403
