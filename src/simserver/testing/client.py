# A trading program in Python's standard library alone: signed REST by urllib, the sockets by hand (RFC 6455, text frames).
# It is given the addresses, the key and the secret as one JSON argument, and prints what it saw as one JSON line.

import base64
import hashlib
import hmac
import json
import os
import socket
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

GIVEN = json.loads(sys.argv[1])
BTC = {"category": "linear", "symbol": "BTCUSDT"}


def signature(text):
    return hmac.new(GIVEN["secret"].encode(), text.encode(), hashlib.sha256).hexdigest()


def request(method, path, fields=None):
    query = urllib.parse.urlencode(fields or {}) if method == "GET" else ""
    body = json.dumps(fields or {}) if method == "POST" else None
    now = str(int(time.time() * 1000))
    headers = {
        "X-BAPI-API-KEY": GIVEN["key"],
        "X-BAPI-TIMESTAMP": now,
        "X-BAPI-RECV-WINDOW": "5000",
        "X-BAPI-SIGN": signature(now + GIVEN["key"] + "5000" + (query if method == "GET" else body)),
        "Content-Type": "application/json",
    }
    url = GIVEN["rest"] + path + ("?" + query if query else "")
    asked = urllib.request.Request(url, data=body and body.encode(), headers=headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


class WebSocket:
    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=10)
        self.stream = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET %s HTTP/1.1" % parts.path,
            "Host: %s" % parts.netloc,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: " + key,
            "Sec-WebSocket-Version: 13",
        ]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        status = self.stream.readline()
        if b" 101 " not in status:
            raise OSError("no upgrade: %r" % status)
        while self.stream.readline() not in (b"\r\n", b""):
            pass

    def write(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x80 | opcode]) + (bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack("!H", size))
        self.socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    def send(self, frame):
        self.write(1, json.dumps(frame).encode())

    def receive(self):
        while True:
            opcode, size = self.stream.read(2)
            size &= 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", self.stream.read(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self.stream.read(8))
            payload = self.stream.read(size)
            if opcode & 0x0F == 9:
                self.write(10, payload)
            elif opcode & 0x0F == 1:
                return json.loads(payload)

    def until(self, wanted):
        while True:
            frame = self.receive()
            if wanted(frame):
                return frame

    def authenticate(self):
        expires = int(time.time() * 1000) + 5000
        self.send({"op": "auth", "args": [GIVEN["key"], expires, signature("GET/realtime%d" % expires)]})
        return self.until(lambda frame: frame.get("op") == "auth")


def main():
    seen = {}
    seen["time"] = request("GET", "/v5/market/time")["time"]
    seen["last"] = request("GET", "/v5/market/tickers", BTC)["result"]["list"][0]["lastPrice"]
    seen["leverage"] = request("POST", "/v5/position/set-leverage", {**BTC, "buyLeverage": "5", "sellLeverage": "5"})["retCode"]

    stream = WebSocket(GIVEN["public"])
    stream.send({"op": "subscribe", "req_id": "s", "args": ["orderbook.50.BTCUSDT"]})
    seen["subscribed"] = stream.receive()["success"]
    book = stream.until(lambda frame: "topic" in frame)
    seen["book"] = [book["type"], len(book["data"]["b"]), len(book["data"]["a"])]

    account, trade = WebSocket(GIVEN["private"]), WebSocket(GIVEN["trade"])
    seen["authenticated"] = [account.authenticate()["success"], trade.authenticate()["retCode"]]
    account.send({"op": "subscribe", "args": ["order", "execution", "position", "wallet"]})
    account.until(lambda frame: frame.get("op") == "subscribe")

    body = {**BTC, "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "19000", "orderLinkId": "python"}
    header = {"X-BAPI-TIMESTAMP": str(int(time.time() * 1000))}
    trade.send({"reqId": "r1", "header": header, "op": "order.create", "args": [body]})
    answer = trade.until(lambda frame: frame.get("reqId") == "r1")
    seen["placed"] = [answer["retCode"], answer["data"]["orderLinkId"]]
    told = account.until(lambda frame: frame.get("topic") == "order")["data"][0]
    seen["told"] = [told["orderLinkId"], told["orderStatus"]]
    listed = request("GET", "/v5/order/realtime", BTC)["result"]["list"]
    seen["listed"] = [[order["orderId"] == told["orderId"], order["price"]] for order in listed]
    seen["amended"] = request("POST", "/v5/order/amend", {**BTC, "orderLinkId": "python", "qty": "0.02"})["retCode"]
    seen["cancelled"] = [request("POST", "/v5/order/cancel", {**BTC, "orderLinkId": "python"})["retCode"] for _ in range(2)]

    request("POST", "/v5/order/create", {**BTC, "side": "Sell", "orderType": "Market", "qty": "0.1", "stopLoss": "20500"})
    fill = account.until(lambda frame: frame.get("topic") == "execution")["data"][0]
    seen["filled"] = [fill["side"], fill["execQty"], fill["execFee"]]
    held = request("GET", "/v5/position/list", BTC)["result"]["list"][0]
    seen["held"] = [held["side"], held["size"], held["stopLoss"], held["leverage"]]
    GIVEN["secret"] = "wrong"
    seen["stranger"] = request("GET", "/v5/position/list", BTC)["retCode"]
    print(json.dumps(seen))


main()
