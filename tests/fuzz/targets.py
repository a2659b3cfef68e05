"""All fuzz targets by name."""

from typing import Final

from tests.fuzz.auction_files import AUCTIONS
from tests.fuzz.journal_files import JOURNALS
from tests.fuzz.log_files import LOGS
from tests.fuzz.model_replies import REPLIES
from tests.fuzz.model_texts import WORDS
from tests.fuzz.worker_messages import MESSAGES
from tests.fuzz.workflow_files import WORKFLOWS

TARGETS: Final = {
    target.name: target
    for target in (WORKFLOWS, AUCTIONS, LOGS, MESSAGES, REPLIES, WORDS, JOURNALS)
}
