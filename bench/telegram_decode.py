"""How many Telegram updates one core decodes into events a second: `python -m bench.telegram_decode`."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload

ROUNDS = 40_000

CHAT = '"chat":{"id":-1001234567890,"type":"supergroup","title":"Мастерская"}'
USER = '"from":{"id":5000000001,"is_bot":false,"first_name":"Анна","last_name":"К.","username":"anna","language_code":"ru"}'

UPDATES = (
    f'{{"update_id":1,"message":{{"message_id":7,{USER},{CHAT},"date":1700000000,"text":"Кто пробовал новый клей на морозе?"}}}}',
    f'{{"update_id":2,"message":{{"message_id":8,{USER},{CHAT},"date":1700000001,"text":"Да 👍 см. https://a.example/x @ivan #клей",'
    '"entities":[{"offset":10,"length":19,"type":"url"},{"offset":30,"length":5,"type":"mention"},'
    '{"offset":36,"length":5,"type":"hashtag"}],"reply_to_message":{"message_id":7,"date":1700000000,"text":"Кто пробовал?"}}}',
    f'{{"update_id":3,"message":{{"message_id":9,{USER},{CHAT},"date":1700000002,"caption":"вот","photo":[{{"file_id":"a",'
    '"file_unique_id":"b","file_size":1000,"width":90,"height":90},{"file_id":"c","file_unique_id":"d","file_size":90000}]}}',
    f'{{"update_id":4,"message_reaction":{{{CHAT},"message_id":7,"user":{{"id":5000000002,"is_bot":false,"first_name":"Иван"}},'
    '"date":1700000003,"old_reaction":[],"new_reaction":[{"type":"emoji","emoji":"👍"}]}}',
    f'{{"update_id":5,"chat_member":{{{CHAT},{USER},"date":1700000004,"old_chat_member":{{"status":"left","user":{{"id":5,'
    '"first_name":"Пётр","is_bot":false}},"new_chat_member":{"status":"member","user":{"id":5,"first_name":"Пётр","is_bot":false}}}}',
)


def main() -> None:
    """Print the rate over a mix of five kinds: text, text with entities, photo, reaction, join."""
    decode = CONNECTORS["telegram"].decode
    at = datetime(2026, 1, 1, tzinfo=UTC)
    payloads = [Payload(body=update.encode(), brand="b", connection="c", recordedtime=at) for update in UPDATES]
    began = time.perf_counter()
    events = sum(len(decode(payload).events) for _ in range(ROUNDS) for payload in payloads)
    elapsed_s = time.perf_counter() - began
    print(f"{events / elapsed_s:,.0f} payloads/s on one core ({events:,} in {elapsed_s:.1f} s)")


if __name__ == "__main__":
    main()
