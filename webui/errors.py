"""Error pages: what happened, and what to do. A refusal of a command is a page too, never a 500."""

import logging
from collections.abc import Sequence

from flask import Flask, flash, g, jsonify, redirect, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, TooManyRequests
from werkzeug.wrappers import Response

from engine.cases.errors import NotFound, NotPermitted, Refusal, Stale, TooSlow, Unreachable, Unreadable
from webui import keeping, visit
from webui.speech import gettext as _

_log = logging.getLogger("yishen.web")


def _texts(code: int, limit_mb: int) -> tuple[str, str]:
    """Title and advice of an error page."""
    known = {
        400: (_("请求无法识别"), _("请返回上一页检查填写的内容，然后重新提交。")),
        401: (_("请先登录"), _("请登录后再试。")),
        403: (_("没有这项权限"), _("您的角色不能打开这个页面。如确需办理，请联系系统管理员。")),
        404: (_("没有这个页面"), _("网址可能写错了，或者您无权查看这件申请。请从左侧菜单重新进入。")),
        405: (_("不能这样打开这个页面"), _("请从菜单或列表中的链接进入，不要直接刷新提交后的网址。")),
        409: (_("别人已经先办理了"), _("请刷新页面查看最新情况。您这次提交没有改动任何内容。")),
        413: (
            _("上传的内容太大"),
            _("单次上传不能超过 %(limit)s MB。请压缩或分几次上传。", limit=limit_mb),
        ),
        415: (_("文件类型不支持"), _("请换成允许的文件类型后再上传。")),
        429: (_("操作太频繁"), _("请稍等一分钟再试。")),
        503: (_("系统暂时不可用"), _("请稍候再试。")),
        500: (_("系统出错"), _("刚才的操作没有保存。请稍后再试；如果反复出现，请把下面的时间和编号告诉系统管理员。")),
    }
    return known.get(code, (_("无法完成"), _("请返回上一页重试。")))


def error_page(
    code: int, *, sentence: str | None = None, reference: str | None = None, typed: Sequence[str] = ()
) -> tuple[str | Response, int]:
    """The page (or JSON for the API) for a status code.

    `sentence` replaces the standing advice; `typed`: texts that were sent and not kept, to be copied from the page.
    """
    title, advice = _texts(code, visit.desk().settings.attachments.max_mb)
    if request.path.startswith("/api/"):
        return jsonify(error=sentence or f"{title}。{advice}"), code
    moment = visit.desk().local(visit.desk().now())
    told = {"code": code, "title": title, "advice": sentence or advice, "moment": moment, "reference": reference}
    told["typed"] = typed
    try:
        return render_template("error.html", **told), code
    except Unreadable:
        g.unreachable = True  # the page goes without a menu
        return render_template("error.html", **told), code


def _unproved(_error: CSRFError) -> Response | tuple[str | Response, int]:
    """What was typed into one of our own pages is kept; it is handed in again from a fresh page."""
    page = visit.keep_unproved_input() if not request.path.startswith("/api/") else ""
    if page:
        keeping.keep_sent()
        flash(
            _("页面停留太久或在别处重新登录过，安全标记已失效，这次提交没有生效。请核对下面的内容后重新提交。"),
            "warning",
        )
        return visit.go(page)
    return error_page(
        400,
        sentence=_("页面停留太久或在别处重新登录过，安全标记已失效，这次提交没有保存。请返回上一页，刷新后重新提交。"),
        typed=visit.typed_text(),
    )


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(CSRFError, _unproved)

    @app.errorhandler(NotFound)
    def _not_found(refusal: NotFound) -> tuple[str | Response, int]:
        return error_page(404, sentence=_(str(refusal)))

    @app.errorhandler(NotPermitted)
    def _not_permitted(refusal: NotPermitted) -> tuple[str | Response, int]:
        return error_page(403, sentence=_(str(refusal)))

    @app.errorhandler(Stale)
    def _stale(refusal: Stale) -> tuple[str | Response, int]:
        return error_page(409, sentence=_(str(refusal)))

    @app.errorhandler(TooSlow)
    def _too_slow(refusal: TooSlow) -> tuple[str | Response, int]:
        return error_page(503, sentence=_(str(refusal)))

    @app.errorhandler(Unreachable)
    @app.errorhandler(Unreadable)
    def _unreachable(refusal: Refusal) -> tuple[str | Response, int]:
        g.unreachable = True
        return error_page(503, sentence=_(str(refusal)))

    @app.errorhandler(Refusal)
    def _refused(refusal: Refusal) -> tuple[str | Response, int] | Response:
        """A view that does not catch the refusal goes back to its page with the sentence in a banner."""
        page = visit.page_path()
        if request.method == "POST" and page and not request.path.startswith("/api/"):
            flash(_(str(refusal)), "error")
            if current_user.is_authenticated:
                visit.keep_refused_input(page)
            return redirect(visit.page_address(), 303)
        return error_page(400, sentence=_(str(refusal)))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
        code = error.code or 500
        return error if code < 400 else error_page(code)

    @app.errorhandler(TooManyRequests)
    def _too_many(_error: TooManyRequests) -> tuple[str | Response, int]:
        return error_page(429)

    @app.errorhandler(Exception)
    def _crash(error: Exception) -> tuple[str | Response, int]:
        reference = visit.desk().now().strftime("%Y%m%d-%H%M%S-%f")
        rule = request.url_rule.rule if request.url_rule else ""
        _log.error("error %s at %s %s", reference, request.method, rule, exc_info=error)
        return error_page(InternalServerError.code, reference=reference)
