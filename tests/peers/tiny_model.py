"""Writes a language model of half a megabyte with drawn weights: a real one, which knows nothing.

Runs in the environment of llama.cpp: ``python tiny_model.py TARGET``.
"""

import sys
from importlib import import_module
from typing import Any

import numpy as np

WIDTH, HEADS, LAYERS, HIDDEN, CONTEXT = 64, 4, 2, 128, 2048
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
"""How the tokenizer of Llama writes a space."""


def vocabulary(kind: Any) -> list[tuple[bytes, float, Any]]:
    """Return the tokens: three signs, every byte, and every printable letter of ASCII."""
    signs = [("<unk>", kind.UNKNOWN), ("<s>", kind.CONTROL), ("</s>", kind.CONTROL)]
    letters = [SPACE, *map(chr, range(33, 127))]
    return [
        *((name.encode(), 0.0, sort) for name, sort in signs),
        *((f"<0x{byte:02X}>".encode(), 0.0, kind.BYTE) for byte in range(256)),
        *((letter.encode(), -1.0, kind.NORMAL) for letter in letters),
    ]


def tensors(words: int) -> dict[str, tuple[int, ...]]:
    """Return the shape of every matrix of weights; vectors scale and are all ones."""
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd": (words, WIDTH),
        "output": (words, WIDTH),
        "output_norm": (WIDTH,),
    }
    for layer in range(LAYERS):
        parts: dict[str, tuple[int, ...]] = {"attn_norm": (WIDTH,), "ffn_norm": (WIDTH,)}
        parts |= {f"attn_{part}": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")}
        parts |= {"ffn_gate": (HIDDEN, WIDTH), "ffn_up": (HIDDEN, WIDTH)}
        parts["ffn_down"] = (WIDTH, HIDDEN)
        shapes |= {f"blk.{layer}.{name}": shape for name, shape in parts.items()}
    return shapes


def write(target: str) -> None:
    """Write the model."""
    gguf: Any = import_module("gguf")
    words = vocabulary(gguf.TokenType)
    file = gguf.GGUFWriter(target, "llama")
    file.add_context_length(CONTEXT)
    file.add_embedding_length(WIDTH)
    file.add_block_count(LAYERS)
    file.add_feed_forward_length(HIDDEN)
    file.add_head_count(HEADS)
    file.add_head_count_kv(HEADS)
    file.add_rope_dimension_count(WIDTH // HEADS)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_vocab_size(len(words))
    file.add_file_type(gguf.LlamaFileType.ALL_F32)
    file.add_tokenizer_model("llama")
    file.add_token_list([word for word, _, _ in words])
    file.add_token_scores([score for _, score, _ in words])
    file.add_token_types([int(sort) for _, _, sort in words])
    file.add_unk_token_id(0)
    file.add_bos_token_id(1)
    file.add_eos_token_id(2)
    file.add_add_bos_token(True)
    file.add_chat_template(TEMPLATE)
    chance = np.random.default_rng(0)
    for name, shape in tensors(len(words)).items():
        drawn = chance.normal(0.0, 0.4, shape) if len(shape) == 2 else np.ones(shape)
        file.add_tensor(f"{name}.weight", drawn.astype(np.float32))
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


if __name__ == "__main__":
    write(sys.argv[1])
