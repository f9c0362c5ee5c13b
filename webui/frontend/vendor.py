"""Copy the browser files that pages load from node_modules to webui/static/vendor.

Writes `manifest.json` beside them: file name -> package, version and SHA-256 of the copied bytes.
Standard library only, because set-up runs it. Exit 1 with one line when a file or an icon is missing.
"""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
MODULES = FRONTEND / "node_modules"
TARGET = FRONTEND.parent / "static" / "vendor"
BYTES_MAX = 4 * 1024 * 1024  # what a page may ever need; the wheel carries it

FILES = {  # name under static/vendor -> (package, file in the package)
    "htmx.min.js": ("htmx.org", "dist/htmx.min.js"),
    "htmx.LICENSE.txt": ("htmx.org", "LICENSE"),
    "bpmn-navigated-viewer.min.js": ("bpmn-js", "dist/bpmn-navigated-viewer.production.min.js"),
    "bpmn-js.css": ("bpmn-js", "dist/assets/bpmn-js.css"),
    "diagram-js.css": ("bpmn-js", "dist/assets/diagram-js.css"),
    "bpmn-font.css": ("bpmn-js", "dist/assets/bpmn-font/css/bpmn-embedded.css"),
    "bpmn-js.LICENSE.txt": ("bpmn-js", "LICENSE"),
    "echarts.common.min.js": ("echarts", "dist/echarts.common.min.js"),
    "echarts.LICENSE.txt": ("echarts", "LICENSE"),
    "echarts.NOTICE.txt": ("echarts", "NOTICE"),
    "icons.LICENSE.txt": ("bootstrap-icons", "LICENSE"),
}


def sprite() -> str:
    """One SVG file with a symbol for each icon named in icons.txt."""
    lines = (line.strip() for line in (FRONTEND / "icons.txt").read_text("utf-8").splitlines())
    names = [line for line in lines if line and not line.startswith("#")]
    symbols = []
    for name in names:
        source = (MODULES / "bootstrap-icons" / "icons" / f"{name}.svg").read_text("utf-8")
        body = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", source).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def version(package: str) -> str:
    """The installed version of a package."""
    return str(json.loads((MODULES / package / "package.json").read_text("utf-8"))["version"])


def main() -> None:
    """Fill a new folder, then put it in place of the old one."""
    fresh = TARGET.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, (package, path) in FILES.items():
        shutil.copyfile(MODULES / package / path, fresh / name)
    (fresh / "icons.svg").write_text(sprite(), "utf-8")
    origin = {name: package for name, (package, _) in FILES.items()} | {"icons.svg": "bootstrap-icons"}
    manifest = {
        name: {
            "package": package,
            "version": version(package),
            "sha256": hashlib.sha256((fresh / name).read_bytes()).hexdigest(),
        }
        for name, package in sorted(origin.items())
    }
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    if (total := sum(file.stat().st_size for file in fresh.iterdir())) > BYTES_MAX:
        sys.exit(f"webui/static/vendor would take {total} bytes; {BYTES_MAX} are allowed")
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)


if __name__ == "__main__":
    try:
        main()
    except FileNotFoundError as missing:
        sys.exit(f"front-end file not found: {missing.filename} (wrong name, or `npm ci` did not finish)")
