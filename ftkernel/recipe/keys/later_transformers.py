"""Keys of ``transformers.TrainingArguments`` that are known and not available yet, by family."""

from ftkernel.recipe.keys._family import Family, keys_of

_FAMILIES: tuple[Family, ...] = (
    Family(
        "several processes",
        "多进程训练",
        (
            ("average_tokens_across_devices", "bool", True),
            ("accelerator_config", "mapping", None),
            ("parallelism_config", "mapping", None),
            ("ddp_find_unused_parameters", "bool", None),
            ("ddp_bucket_cap_mb", "int", None),
            ("ddp_broadcast_buffers", "bool", None),
            ("ddp_static_graph", "bool", None),
            ("ddp_backend", "str", None),
            ("ddp_timeout", "int", 1800, {"harmless": (180000000,)}),
            ("fsdp", "str", None, {"harmless": ("",)}),
            ("fsdp_config", "mapping", None),
            ("deepspeed", "str", None),
        ),
    ),
    Family(
        "compiled and fused computing",
        "编译与融合计算",
        (
            ("torch_compile", "bool", False),
            ("torch_compile_backend", "str", None),
            ("torch_compile_mode", "str", None),
            ("use_liger_kernel", "bool", False),
            ("liger_kernel_config", "mapping", None),
            ("tf32", "bool", None),
        ),
    ),
    Family(
        "further memory settings",
        "更多内存设置",
        (
            ("bf16_full_eval", "bool", False),
            ("fp16_full_eval", "bool", False),
            ("use_cache", "bool", False),
            ("torch_empty_cache_steps", "int", None),
            ("auto_find_batch_size", "bool", False),
            ("optim_target_modules", "list", None),
        ),
    ),
    Family(
        "measuring with other figures than the loss",
        "用损失以外的指标评估",
        (
            ("eval_accumulation_steps", "int", None),
            ("eval_do_concat_batches", "bool", True),
            ("eval_use_gather_object", "bool", False),
            ("include_for_metrics", "list", ()),
            ("batch_eval_metrics", "bool", False),
            ("do_predict", "bool", False),
            ("predict_with_generate", "bool", False),
        ),
    ),
    Family(
        "further settings of loading batches",
        "更多批次加载设置",
        (
            ("dataloader_persistent_workers", "bool", False),
            ("dataloader_prefetch_factor", "int", None),
            ("dataloader_multiprocessing_context", "str", None),
            ("dataloader_in_order", "bool", True),
        ),
    ),
    Family(
        "the trainer's own log",
        "训练器自身的日志",
        (
            ("log_level", "str", "passive"),
            ("log_level_replica", "str", "warning"),
            ("logging_dir", "str", None),
            ("debug", "str", None, {"harmless": ("",)}),
        ),
    ),
    Family(
        "settings of trackers",
        "跟踪工具的设置",
        (
            ("project", "str", "huggingface"),
            ("trackio_space_id", "str", None),
            ("trackio_bucket_id", "str", None),
            ("trackio_static_space_id", "str", None, {"harmless": ("false",)}),
        ),
    ),
    Family(
        "upload to a hub",
        "上传到 hub",
        (
            ("push_to_hub", "bool", False),
            (
                "hub_token",
                "str",
                None,
                {
                    "secret": True,
                    "reason_en": "To download a model write `hf_hub_token:`, or `%ft login`.",
                    "reason_zh": "下载模型请写 `hf_hub_token:`，或用 `%ft login`。",
                },
            ),
            ("hub_private_repo", "bool", None),
            ("hub_model_id", "str", None),
            ("hub_strategy", "str", "every_save"),
            ("hub_always_push", "bool", False),
            ("hub_revision", "str", None),
        ),
    ),
)

KEYS = keys_of(_FAMILIES)
