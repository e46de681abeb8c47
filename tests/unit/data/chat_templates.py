"""Chat templates of the kinds that real models have, written for these tests."""

CHATML_WITH_SYSTEM = (
    "{% for m in messages %}{% if loop.first and m.role != 'system' %}"
    "{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

LLAMA3 = (
    "{{ '<|endoftext|>' }}{% for m in messages %}"
    "{{ '<|im_start|>' + m.role + '<|pad|>\n\n' + m.content | trim + '<|im_end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|pad|>\n\n' }}{% endif %}"
)
"""As Llama 3: trimmed contents, a header closed by a special token and two line ends, no line after the end."""

MISTRAL = (
    "{% if messages[0].role == 'system' %}{% set system = messages[0].content + '\n\n' %}"
    "{% set turns = messages[1:] %}{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
    "{{ '<|endoftext|>' }}{% for m in turns %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{% if m.role == 'user' %}"
    "{{ '[INST] ' + (system if loop.last or loop.index0 == turns | length - 2 else '') + m.content + ' [/INST]' }}"
    "{% else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}"
)
"""As Mistral: markers that are no tokens, the system prompt before the last question, roles must alternate."""

GEMMA = (
    "{% if messages[0].role == 'system' %}{% set system = messages[0].content + '\n\n' %}"
    "{% set turns = messages[1:] %}{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
    "{{ bos_token }}{% for m in turns %}"
    "{{ '<|im_start|>' + ('model' if m.role == 'assistant' else m.role) + '\n' }}"
    "{{ (system if loop.first else '') + m.content | trim + '<|pad|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>model\n' }}{% endif %}"
)
"""As Gemma: the system prompt in the first question, and a turn ends with a token that is not eos."""

QWEN3 = (
    "{% set ns = namespace(last=-1) %}"
    "{% for m in messages %}{% if m.role == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}"
    "{% for m in messages %}{% if m.role == 'assistant' %}"
    "{% set parts = m.content.split('</think>') %}{% set answer = parts[-1].lstrip('\n') %}"
    "{% set thought = parts[0].split('<think>')[-1].strip('\n') if parts | length > 1 else '' %}"
    "{{ '<|im_start|>assistant\n' }}"
    "{% if loop.index0 > ns.last %}{{ '<think>\n' + thought + '\n</think>\n\n' }}{% endif %}"
    "{{ answer + '<|im_end|>\n' }}"
    "{% else %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% if enable_thinking is defined and enable_thinking is false %}"
    "{{ '<think>\n\n</think>\n\n' }}{% endif %}{% endif %}"
)
"""As Qwen 3: thinking stands in the last answer alone, so what is history is written differently."""

DEEPSEEK = (
    "{% for m in messages %}{% if m.role == 'assistant' %}"
    "{{ '<|im_start|>A:' + m.content.split('</think>')[-1] + '<|im_end|>' }}"
    "{% else %}{{ '<|im_start|>U:' + m.content }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>A:<think>\n' }}{% endif %}"
)
"""As DeepSeek R1: a chat asks with an opened thought that no written answer has."""

MARKED = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content + '<|im_end|>' }}{% endgeneration %}"
    "{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""ChatML whose answers are marked."""

ENDLESS = (
    "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
)
"""No token ends an answer."""

GLUED = (
    "{% for m in messages %}{{ m.role + ': ' + m.content }}"
    "{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)
"""The prompt ends in a space that a tokenizer would join with the answer's first word."""

UPPERCASE = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + ' says ' + (m.content | length) | string + ' letters: ' }}"
    "{{ m.content + '<|im_end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>?' }}{% endif %}"
)
"""What stands before an answer depends on the answer, so nothing can be proven about it."""

NESTING = {
    "chatml": CHATML_WITH_SYSTEM, "llama3": LLAMA3, "gemma": GEMMA, "marked": MARKED, "glued": GLUED,
}  # fmt: skip
"""Templates that write history as they wrote it when it was new."""

# Families with tools, for the property tests: what each writes around contents is as its models have it, with the four
# special tokens of the tiny tokenizer in the place of theirs.

QWEN25 = (
    "{% set first = messages[0].content if messages[0].role == 'system' else 'You are kind.' %}"
    "{{ '<|im_start|>system\n' + first }}"
    "{% if tools %}{{ '\n\n# Tools\n<tools>' }}{% for t in tools %}{{ '\n' + t | tojson }}{% endfor %}{{ '\n</tools>' }}{% endif %}"
    "{{ '<|im_end|>\n' }}"
    "{% for m in messages %}{% if m.role == 'user' %}{{ '<|im_start|>user\n' + m.content + '<|im_end|>\n' }}"
    "{% elif m.role == 'assistant' %}{{ '<|im_start|>assistant' }}{% if m.content %}{{ '\n' + m.content }}{% endif %}"
    "{% for c in m.tool_calls or [] %}"
    "{{ '\n<tool_call>\n{\"name\": \"' + c.function.name + '\", \"arguments\": ' + c.function.arguments | tojson + '}\n</tool_call>' }}"
    "{% endfor %}{{ '<|im_end|>\n' }}"
    "{% elif m.role == 'tool' %}"
    "{% if loop.index0 == 0 or messages[loop.index0 - 1].role != 'tool' %}{{ '<|im_start|>user' }}{% endif %}"
    "{{ '\n<tool_response>\n' + m.content + '\n</tool_response>' }}"
    "{% if loop.last or messages[loop.index0 + 1].role != 'tool' %}{{ '<|im_end|>\n' }}{% endif %}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""As Qwen 2.5: a system prompt of its own, calls after the content on lines of their own, tools answer as the user."""

LLAMA31 = (
    "{{ bos_token }}{% if tools %}{{ '<|im_start|>system<|pad|>\n\nTools: ' + tools | tojson + '<|im_end|>' }}{% endif %}"
    "{% for m in messages %}"
    "{% set role = 'ipython' if m.role == 'tool' else m.role %}{{ '<|im_start|>' + role + '<|pad|>\n\n' }}"
    "{% if m.tool_calls %}{% set c = m.tool_calls[0].function %}"
    "{{ '{\"name\": \"' + c.name + '\", \"parameters\": ' + c.arguments | tojson + '}' }}"
    "{% else %}{{ m.content | trim }}{% endif %}{{ '<|im_end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|pad|>\n\n' }}{% endif %}"
)
"""As Llama 3.1: trimmed contents, a call in the place of the content, tools answer as ipython."""

MISTRAL_TOOLS = (
    "{{ bos_token }}{% if tools %}{{ '[TOOLS]' + tools | tojson + '[/TOOLS]' }}{% endif %}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ '[SYSTEM]' + m.content + '[/SYSTEM]' }}"
    "{% elif m.role == 'user' %}{{ '[INST] ' + m.content + '[/INST]' }}"
    "{% elif m.role == 'tool' %}{{ '[TOOL_RESULTS] ' + m.content + '[/TOOL_RESULTS]' }}"
    "{% elif m.tool_calls %}{{ '[TOOL_CALLS] [' }}{% for c in m.tool_calls %}"
    "{{ '{\"name\": \"' + c.function.name + '\", \"arguments\": ' + c.function.arguments | tojson + '}' }}"
    "{{ ', ' if not loop.last }}{% endfor %}{{ ']' + eos_token }}"
    "{% else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}"
)
"""As later Mistrals: markers that are no tokens, nothing between the question and the answer."""

PHI3 = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|pad|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% else %}{{ eos_token }}{% endif %}"
)
"""As Phi 3: a turn ends with a token of its own, and a whole conversation with another."""

ZEPHYR = (
    "{% for m in messages %}{{ '<|' + m.role + '|>\n' + m.content + eos_token + '\n' }}"
    "{% if loop.last and add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}{% endfor %}"
)
"""As Zephyr: headers that are text, every turn ended."""

COMMAND_R = (
    "{{ bos_token }}{% if tools %}{{ '<|im_start|>SYSTEM<|pad|>' + tools | tojson + '<|im_end|>' }}{% endif %}{% for m in messages %}"
    "{{ '<|im_start|>' + ('CHATBOT' if m.role == 'assistant' else m.role | upper) + '<|pad|>' }}"
    "{% if m.tool_calls %}{{ 'Action: ```json\n[' }}{% for c in m.tool_calls %}"
    "{{ '{\"tool_name\": \"' + c.function.name + '\", \"parameters\": ' + c.function.arguments | tojson + '}' }}"
    "{{ ', ' if not loop.last }}{% endfor %}{{ ']\n```' }}"
    "{% else %}{{ m.content }}{% endif %}{{ '<|im_end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>CHATBOT<|pad|>' }}{% endif %}"
)
"""As Command R: no line ends anywhere, calls as a block of code."""

GRANITE = (
    "{% if tools %}{{ '<|im_start|>tools<|pad|>' + tools | tojson + '<|im_end|>\n' }}{% endif %}"
    "{% for m in messages %}{{ '<|im_start|>' + ('tool_response' if m.role == 'tool' else m.role) + '<|pad|>' }}"
    "{% if m.tool_calls %}{{ '<tool_call>' + m.tool_calls | map(attribute='function') | list | tojson }}{% endif %}"
    "{{ m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|pad|>' }}{% endif %}"
)
"""As Granite: a turn for the tools, calls as a list before the content."""

DEEPSEEK_TOOLS = (
    "{{ bos_token }}{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}"
    "{% elif m.role == 'user' %}{{ '<|im_start|>' + m.content }}"
    "{% elif m.role == 'tool' %}{{ 'OUTPUT:' + m.content }}"
    "{% else %}{{ '<|pad|>' + m.content }}{% for c in m.tool_calls or [] %}"
    "{{ 'CALL:' + c.function.name + '\n```json\n' + c.function.arguments + '\n```' }}{% endfor %}{{ '<|im_end|>' }}"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|pad|>' }}{% endif %}"
)
"""As DeepSeek: arguments that have to be text, no line ends."""

SMOLLM3 = (
    "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ '<|im_start|>assistant\n' }}"
    "{% if not (enable_thinking | default(true)) %}{{ '<think>\n\n</think>\n' }}{% endif %}"
    "{{ m.content.lstrip('\n') + '<|im_end|>\n' }}{% endgeneration %}"
    "{% else %}{{ '<|im_start|>' + ('user' if m.role == 'tool' else m.role) + '\n' + m.content + '<|im_end|>\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% if not (enable_thinking | default(true)) %}{{ '<think>\n\n</think>\n' }}{% endif %}{% endif %}"
)
"""As SmolLM 3: the header of an answer is marked as if it were a part of it."""

HARMONY = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '<|pad|>' + m.content }}"
    "{% if m.role == 'assistant' and loop.last %}{{ '<|im_end|>' }}{% else %}{{ '<|endoftext|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|pad|>' }}{% endif %}"
)
"""As gpt-oss: the last answer ends with another token than those before it."""

FAMILIES = {
    "chatml": CHATML_WITH_SYSTEM, "qwen25": QWEN25, "llama31": LLAMA31, "mistral": MISTRAL_TOOLS, "gemma": GEMMA,
    "phi3": PHI3, "zephyr": ZEPHYR, "command-r": COMMAND_R, "granite": GRANITE, "deepseek": DEEPSEEK_TOOLS,
    "smollm3": SMOLLM3, "harmony": HARMONY, "glued": GLUED, "marked": MARKED,
}  # fmt: skip
"""Families that write an answer as the row has it, save for white space at its ends."""

KNOW_TOOLS = ("qwen25", "llama31", "mistral", "command-r", "granite", "deepseek")
"""Of these, those that know calls of tools."""

ENDS = {"gemma": "<|pad|>", "phi3": "<|pad|>"}
"""What ends an answer, where it is not the tokenizer's end token."""
