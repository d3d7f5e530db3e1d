"""A headless Chromium, spoken to over a pipe by its DevTools protocol: nothing is listened to, nothing is downloaded.

Knows nothing of what the pages hold.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --no-default-browser-check "
    "--disable-background-networking --disable-component-update --disable-sync --disable-extensions "
    "--disable-dev-shm-usage --hide-scrollbars --remote-debugging-pipe"
).split()


class BrowserError(Exception):
    """The browser went away, did not answer in time, or refused."""


def find():
    """Returns the path of a browser, or None."""
    for name in CANDIDATES:
        path = shutil.which(name)
        if path:
            return path
    return None


class Browser:
    """Use with `with`; it ends the browser it has started, and removes its profile."""

    def __init__(self, path, seconds=60):
        self.seconds = seconds
        self.profile = tempfile.mkdtemp(prefix="page-")
        commands, self.out = os.pipe()
        self.answers, replies = os.pipe()

        def plug():  # the browser reads 3 and writes 4; high numbers first, so that neither is closed on the way
            high = os.dup(commands), os.dup(replies)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [path, *FLAGS, "--user-data-dir=" + self.profile, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=plug, close_fds=False)
        os.close(commands)
        os.close(replies)
        self.buffer = b""
        self.number = 0
        self.events = []
        self.session = None

    def __enter__(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _message(self, deadline):
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
                raise BrowserError("the browser does not answer")
            more = os.read(self.answers, 1 << 20)
            if not more:
                raise BrowserError("the browser has ended")
            self.buffer += more
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        """Returns the result; what happens meanwhile is kept in self.events."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        try:
            os.write(self.out, json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise BrowserError("the browser has ended") from None
        deadline = time.monotonic() + self.seconds
        while True:
            answer = self._message(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise BrowserError(method + ": " + answer["error"]["message"])
                return answer["result"]
            self.events.append(answer)

    def wait(self, expression, seconds=30):
        """Until an expression of the page is true."""
        deadline = time.monotonic() + seconds
        while not self.run(expression):
            if time.monotonic() > deadline:
                raise BrowserError("never true: " + expression)
            time.sleep(0.05)

    def run(self, expression):
        """Returns the value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(str(result["exceptionDetails"].get("exception", {}).get("description", result)))
        return result["result"].get("value")

    def look(self, width, dark):
        """Sets the width of the window, in CSS pixels, and the system's colours."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, path):
        """Loads a file and waits until its page says that it is ready."""
        self.events.clear()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")
        try:
            self.wait("document.documentElement.dataset.ready === 'yes'", 15)
        except BrowserError:
            pass  # complaints() tells why

    def complaints(self):
        """Returns what the console, and whoever watches the page's requests, has to say."""
        self.run("0")  # what has happened has been told by then
        found = []
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details.get("text", "")))
            elif method == "Runtime.consoleAPICalled":
                found.append("console: " + " ".join(str(a.get("value", a.get("description"))) for a in params["args"]))
            elif method == "Log.entryAdded":
                found.append("log: " + params["entry"]["text"])
            elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith("file:"):
                found.append("request: " + params["request"]["url"])
        return found

    def picture(self, path, selector=None):
        """Writes a PNG of the whole page, or of an element."""
        box = self.run("(() => { const r = (%s).getBoundingClientRect();"
                       " return [r.x + scrollX, r.y + scrollY, r.width, r.height] })()"
                       % ("document.querySelector(%s)" % json.dumps(selector) if selector else "document.documentElement"))
        clip = {"x": box[0], "y": box[1], "width": box[2], "height": box[3], "scale": 1}
        data = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
        with open(path, "wb") as out:
            out.write(base64.b64decode(data))

    def pdf(self):
        """Returns the page as it prints."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=False)["data"])
