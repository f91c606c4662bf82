from dataclasses import dataclass, field


@dataclass
class Fields:
    field_model: str = field(default="org/field", metadata={"help": "such as no/help"})
    field_revision: str = "v1.0"
