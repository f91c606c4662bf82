//! The parts of a report.

use pyo3::prelude::*;

use crate::record::records;

records! {
    /// What speaks against a file.
    Finding shows ["rule", "slug", "severity", "message"] {
        /// The rule's code, such as `PKL101`.
        rule: plain,
        /// The rule's name, such as `dangerous-call`.
        slug: plain,
        /// `info`, `low`, `medium`, `high` or `critical`.
        severity: plain,
        /// `low`, `medium` or `high`.
        confidence: plain,
        /// What kind of harm it does, such as `process`; `None` where that is not known.
        effect: plain,
        /// The weakness in the Common Weakness Enumeration.
        cwe: plain,
        /// What would happen, in words.
        message: plain,
        /// What to do about it.
        help: plain,
        /// How many times it was found.
        count: number,
        /// The same for the same finding in another version of the file: free of offsets.
        fingerprint: plain,
        /// Where it was found first.
        location: one(Location),
        /// What it rests on; the keys depend on its `kind`, see the schema of the report.
        evidence: plain,
        /// Where to read more.
        references: tuple,
    }

    /// A place in a file. What a kind of place does not have is `None`.
    Location shows ["kind", "member", "offset", "len", "file", "pointer", "line", "column"] {
        /// `bytes`, `text` or `json`.
        kind: plain,
        /// The members that lead to the content, from the outermost archive inwards.
        member: tuple,
        /// Which pickle of the content, from 0.
        stream: plain,
        /// In bytes from the start of the content.
        offset: number,
        /// How many bytes.
        len: number,
        /// In bytes from the start of the file, where the content lies there as it is.
        physical_offset: number,
        /// The file, where it is another one.
        file: plain,
        /// The place in a JSON document, as a JSON pointer.
        pointer: plain,
        /// The line in a text, from 1.
        line: plain,
        /// The column in that line, in characters, from 1.
        column: plain,
        /// The line that it ends in.
        end_line: plain,
        /// The column behind its end.
        end_column: plain,
    }

    /// Something that could not be examined.
    Gap shows ["reason", "limit", "detail"] {
        /// `truncated`, `malformed`, `junk`, `encrypted`, `unsupported`, `limit-reached`, `io` or
        /// `cancelled`.
        reason: plain,
        /// The limit that was reached.
        limit: plain,
        /// Where.
        location: one(Location),
        /// The same in words.
        detail: plain,
    }

    /// What was examined.
    Coverage shows ["complete", "examined_bytes", "opaque_bytes"] {
        /// Whether that is everything.
        complete: plain,
        /// How many bytes were followed to their end or understood.
        examined_bytes: number,
        /// How many bytes no loader interprets: elements of tensors.
        opaque_bytes: number,
        /// What could not be examined.
        gaps: many(Gap),
    }

    /// A content that is read as something.
    Member shows ["member", "format", "size", "examined"] {
        /// The names that lead to it; empty for the file itself.
        member: tuple,
        /// The last of the names in hexadecimal digits, where it is no UTF-8.
        name_hex: plain,
        /// What it is read as.
        format: plain,
        /// Its length in bytes.
        size: number,
        /// Whether there is no gap in it.
        examined: plain,
    }

    /// A global that loading would import.
    Global shows ["resolved", "class", "count"] {
        /// The module, as the file names it.
        module: plain,
        /// The name in it, as the file names it.
        name: plain,
        /// The module in hexadecimal digits, where it holds lone surrogates.
        module_hex: plain,
        /// As `module_hex`.
        name_hex: plain,
        /// Module and name with a dot between, after the mapping of Python 2 names.
        resolved: plain,
        /// `known`, `code`, `dangerous` or `unknown`.
        class_: plain,
        /// The content of the first import.
        member: tuple,
        /// The offset of the first import in that content, in bytes.
        offset: number,
        /// How many imports there are.
        count: number,
        /// What kind of harm it does; told by `globals_in`.
        effect: plain,
        /// The same in words that complete "`os.system` …"; told by `globals_in`.
        reason: plain,
    }

    /// A global that the user vouches for.
    Allowed shows ["path", "permit", "reason"] {
        /// Module and name with a dot between.
        path: plain,
        /// What it may be used for.
        permit: tuple,
        /// Why.
        reason: plain,
    }

    /// A rule whose findings the user ignores.
    Ignored shows ["rule", "findings"] {
        /// Its code.
        rule: plain,
        /// How many findings were left out.
        findings: number,
    }

    /// What made a report.
    Tool shows ["name", "version"] {
        /// Its name.
        name: plain,
        /// Its version.
        version: plain,
    }

    /// One thing that loading a file would do, or that could not be examined.
    TraceRecord shows ["effect", "resolved", "callee", "args_preview", "target", "reason", "offset"] {
        /// `import`, `call`, `build` and the like; `gap` for what could not be examined.
        effect: plain,
        /// The opcode.
        via: plain,
        /// What is imported: the module, as the file names it.
        module: plain,
        /// The name in it, as the file names it.
        name: plain,
        /// Module and name with a dot between, after the mapping of Python 2 names.
        resolved: plain,
        /// Whether the name holds a dot and is followed attribute by attribute.
        dotted: plain,
        /// What is called.
        callee: plain,
        /// The kinds of its arguments.
        args_shape: plain,
        /// Its arguments: Python-like text, escaped and cut.
        args_preview: plain,
        /// What gets a state or items.
        target: plain,
        /// The kinds in the state.
        state_shape: plain,
        /// The state, as `args_preview`.
        state_preview: plain,
        /// The kinds of the items.
        items_shape: plain,
        /// The items, as `args_preview`.
        items_preview: plain,
        /// The persistent id that a loader is asked for, as `args_preview`.
        id_preview: plain,
        /// The code in the extension registry.
        code: plain,
        /// The value that the pickle gives, as `args_preview`.
        value_preview: plain,
        /// Of a gap: why.
        reason: plain,
        /// Of a gap: the limit that was reached.
        limit: plain,
        /// Of a gap: the same in words.
        detail: plain,
        /// Which pickle of the content, from 0.
        stream: plain,
        /// In bytes from the start of the content.
        offset: number,
        /// How many bytes.
        len: number,
        /// The readings under which it happens.
        readings: tuple,
        /// The members that lead to the content; `None` for the file itself.
        member: plain,
        /// Whether it happens only with the memo of the pickle before.
        carried: plain,
        /// Whether no loader is known to get here.
        unreached: plain,
        /// In bytes from the start of the file, where the content lies there as it is.
        physical_offset: number,
    }

    /// A rule.
    Rule shows ["code", "slug", "severity"] {
        /// Its code, such as `PKL101`.
        code: plain,
        /// Its name, such as `dangerous-call`.
        slug: plain,
        /// The same as a sentence.
        title: plain,
        /// How severe its findings mostly are; each has its own severity.
        severity: plain,
        /// The weakness in the Common Weakness Enumeration.
        cwe: plain,
        /// What it looks for.
        what: plain,
        /// Why that matters.
        why: plain,
        /// What to do where it hits.
        help: plain,
        /// What to do where the finding is of medium severity or less, if that is something else.
        help_if_mild: plain,
        /// Where to read more.
        references: tuple,
    }

    /// What a file holds.
    Inspection shows ["path", "formats", "complete"] {
        /// The version of this shape.
        schema_version: plain,
        /// The name that the file was given by.
        path: plain,
        /// Its length in bytes.
        size: number,
        /// What it is read as.
        formats: tuple,
        /// Whether everything was examined: else there may be more.
        complete: plain,
        /// The libraries that wrote it, with their versions where the file tells.
        producers: tuple,
        /// How much it holds.
        totals: one(Totals),
        /// The format's own metadata.
        metadata: many(Entry),
        /// The tensors.
        tensors: many(InspectedTensor),
        /// What loaders that restrict pickles would make of it, version by version.
        loaders: many(LoaderAnswer),
    }

    /// What a loader that restricts pickles would make of a file.
    LoaderAnswer shows ["loader", "version", "loads"] {
        /// The call: `torch.load(weights_only=True)`.
        loader: plain,
        /// The version of the library, such as `2.6`.
        version: plain,
        /// `yes`, `no` or `not-known`.
        loads: plain,
        /// What stands in the way.
        blockers: many(Blocker),
        /// The line of Python that would allow all of them; `None` where there is none.
        allow: plain,
    }

    /// Something that a loader refuses.
    Blocker shows ["what", "detail"] {
        /// `format`, `stream`, `opcode`, `import`, `call`, `new`, `build`, `items`, `append` or
        /// `persistent-id`.
        what: plain,
        /// The same in words.
        detail: plain,
        /// The global that it is about, or whose object.
        global_: plain,
        /// The opcode that it is about.
        opcode: plain,
        /// `known`, `code`, `dangerous` or `unknown`: what is known of the global.
        class_: plain,
        /// What kind of harm the global does, where it is dangerous.
        effect: plain,
        /// The members that lead to the content.
        member: tuple,
        /// Where it is first, in bytes from the start of the content.
        offset: number,
        /// How many times it is there.
        count: number,
    }

    /// How much a file holds.
    Totals shows ["tensors", "elements", "bytes"] {
        /// How many tensors there are.
        tensors: number,
        /// How many elements they have together.
        elements: number,
        /// How many bytes these take.
        bytes: number,
    }

    /// An entry of a format's metadata.
    Entry shows ["key", "value"] {
        /// Its key.
        key: plain,
        /// Its value; cut behind 10,000 characters.
        value: plain,
    }

    /// A tensor, or an array.
    InspectedTensor shows ["name", "dtype", "shape"] {
        /// The keys, attributes and indices that lead to it, with dots between.
        name: plain,
        /// The members that lead to the content that describes it.
        member: tuple,
        /// The type of its elements, as the format or the library names it.
        dtype: plain,
        /// The size of each dimension.
        shape: numbers,
        /// How many elements it has; `None` where that is no number of 64 bits.
        elements: number,
        /// How many bytes they take; `None` where that cannot be told.
        bytes: number,
        /// The storage of PyTorch that they lie in; tensors may share one.
        storage: plain,
    }

    /// The header of a safetensors file.
    SafetensorsHeader shows ["data_start"] {
        /// `__metadata__`; `None` where there is none.
        metadata: plain,
        /// The tensors, in the order of their bytes.
        tensors: many(SafetensorsTensor),
        /// Where the elements begin, in bytes from the start of the file.
        data_start: number,
    }

    /// A tensor of a safetensors file.
    SafetensorsTensor shows ["name", "dtype", "shape"] {
        /// Its name.
        name: plain,
        /// The type of its elements, such as `BF16`.
        dtype: plain,
        /// The size of each dimension.
        shape: numbers,
        /// Where its elements begin and end, in bytes from `data_start`.
        data_offsets: numbers,
        /// Where its elements begin, in bytes from the start of the file.
        offset: number,
    }
}
