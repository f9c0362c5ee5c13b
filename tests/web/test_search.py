"""The page of full-text search."""

import re
from html import unescape

from engine.cases import full_text, postings
from engine.cases.text_index import index_texts


def test_hits_are_shown_with_their_place_and_whatever_was_typed_is_never_run(logged_in, office, desk):
    evil = "<script>alert(1)</script><b>排污许可</b>证副本，电话13800138000"
    office.register(subject="北门村排污", content=evil)
    index_texts(desk)
    page = logged_in("handler").get("/search?text=排污许可").text
    assert "<mark>排污许可</mark>" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "13800138000" not in page
    assert 'href="/cases/1"' in page
    assert "要找的词：排污许可　在哪里找：全部　共 1 条</p>" in page, "so that a print says what was looked for"
    page = logged_in("handler").get("/search", query_string={"text": "<img src=x> 排污"}).text
    assert "<img src=x" not in page


def test_older_hits_are_a_link_away_and_so_is_what_has_not_been_looked_through(logged_in, office, desk, monkeypatch):
    def follow(page):
        return visitor.get(unescape(re.search(r'rel="next" href="([^"]*)"', page)[1])).text

    for module in (full_text, postings):
        monkeypatch.setattr(module, "BLOCK", 2)
    monkeypatch.setattr(full_text, "PAGE", 1)
    for subject in ("排污采砂", "采砂许可", "排污许可"):
        office.register(subject=subject)
    index_texts(desk)
    visitor = logged_in("handler")
    page = visitor.get("/search?text=采砂").text
    assert "<mark>采砂</mark>许可" in page
    assert "最新</a>" not in page
    last = follow(page)
    assert "排污<mark>采砂</mark>" in last
    assert "最新</a>" in last
    assert 'rel="next"' not in last
    monkeypatch.setattr(full_text, "_ROWS", 1)
    page = visitor.get("/search?text=排污 采砂").text
    assert "这一段没有找到" in page
    assert f"已查过 {desk.today()} 以来登记的申请，更早的还没有查；点“继续往前查”接着查。" in page
    assert "还没有查完" in page
    assert "<mark>排污</mark><mark>采砂</mark>" in follow(page)
    assert "已经查到最早的申请" in visitor.get("/search?text=采砂&before=1").text


def test_the_page_says_what_to_do_when_nothing_can_be_found(logged_in):
    visitor = logged_in("leader")
    assert "输入至少两个字" in visitor.get("/search").text
    assert "请输入至少两个字的词" in visitor.get("/search?text=水").text
    assert "换一个更短的词试试" in visitor.get("/search?text=没有这个&page=x&place=y").text


def test_who_sees_no_case_searches_none(logged_in):
    assert logged_in("admin").get("/search?text=排污").status_code == 403
    assert logged_in("auditor").get("/search").status_code == 403
