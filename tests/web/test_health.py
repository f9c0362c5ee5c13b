"""Pages for monitors, and what the access log says."""

import pytest

from engine.cases.desk import Desk


def test_alive_and_ready_need_no_login(browser):
    visitor = browser()
    assert visitor.get("/healthz").text == "ok\n"
    assert (visitor.get("/readyz").status_code, visitor.get("/readyz").text) == (200, "ready\n")
    assert "Set-Cookie" not in visitor.get("/healthz").headers


def test_metrics_are_for_this_machine(browser):
    visitor = browser()
    answer = visitor.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    assert "yishen_outbox_depth 0" in answer.text
    assert visitor.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 403


@pytest.fixture
def token(desk: Desk, tmp_path):
    file = tmp_path / "metrics.token"
    file.write_text("t0ken\n")
    web = desk.settings.web.model_copy(update={"metrics_token_file": str(file)})
    desk.settings = desk.settings.model_copy(update={"web": web})
    return file


def test_metrics_for_another_machine_want_the_token(browser, token):
    visitor, far = browser(), {"REMOTE_ADDR": "10.1.2.3"}
    assert visitor.get("/metrics", environ_base=far).status_code == 401
    assert visitor.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    good = visitor.get("/metrics", environ_base=far, headers={"Authorization": "Bearer t0ken"})
    assert good.status_code == 200
    token.unlink()
    assert visitor.get("/metrics", headers={"Authorization": "Bearer t0ken"}).status_code == 503


def test_the_access_log_names_the_route_and_not_what_was_typed(logged_in, caplog):
    caplog.set_level("INFO", "yishen.web.access")
    handler = logged_in("handler")
    handler.get("/cases?text=韩立国")
    handler.get("/没有这一页/韩立国")
    handler.get("/healthz")
    lines = [record for record in caplog.records if record.name == "yishen.web.access"]
    assert [(line.route, line.status) for line in lines[-2:]] == [("cases.index", 200), ("", 404)]
    assert lines[-2].account
    assert "韩立国" not in caplog.text
