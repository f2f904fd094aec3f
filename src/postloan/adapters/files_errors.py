"""What can be wrong with the files of a tape, each in one clear line."""

from __future__ import annotations

from postloan.kernel import PostloanError


class NoSource(PostloanError):
    """{path} does not exist.

    Give the folder of the tape or its loans file (.csv, .xlsx or .parquet).
    """

    zh = "{path} 不存在。请给出资产明细所在文件夹，或贷款明细文件（.csv、.xlsx 或 .parquet）。"


class NoLoans(PostloanError):
    """{path} holds no loans table; there is: {found}.

    Call the file loans.csv, loans.xlsx, loans.parquet or 贷款明细, or give the file itself.
    """

    zh = (
        "{path} 中没有贷款明细表；现有：{found}。"
        "请将文件命名为 loans.csv、loans.xlsx、loans.parquet 或“贷款明细”，或直接指定该文件。"
    )


class TwoFilesForOneTable(PostloanError):
    """{path}: {first} and {second} both are the table '{table}' ({table_zh}).

    Keep one of them in the folder.
    """

    zh = "{path}：{first} 与 {second} 都是“{table_zh}”表（{table}）。请只保留其中一个。"


class EmptyFile(PostloanError):
    """{path} is empty.

    Ask for the file again.
    """

    zh = "{path} 是空文件。请重新索取。"


class EmptyTable(PostloanError):
    """{path}: the loans table has headers but no data rows that can be read ({why}).

    Check that the export is complete.
    """

    zh = "{path}：贷款明细表没有可读取的数据行（{why}）。请确认导出是否完整。"


class EncryptedWorkbook(PostloanError):
    """{path} is an encrypted workbook.

    Open it with its password and save it without one (File, Info, Protect Workbook), then run again.
    """

    zh = "{path} 是加密的工作簿。请用密码打开并取消密码保护后另存，再重新运行。"


class OldWorkbook(PostloanError):
    """{path} is a workbook in the old .xls format.

    Save it as .xlsx or .csv and run again.
    """

    zh = "{path} 是旧版 .xls 工作簿。请另存为 .xlsx 或 .csv 后重新运行。"


class UnreadableWorkbook(PostloanError):
    """{path} cannot be read as a workbook: {why}.

    Open it in the program that made it and save it again as .xlsx.
    """

    zh = "{path} 无法作为工作簿读取：{why}。请用生成它的程序打开并重新另存为 .xlsx。"


class WrongEncoding(PostloanError):
    """{path}, line {line}: the text is neither UTF-8 nor GB18030 (byte {byte}).

    Save the file as UTF-8, for example in Excel as 'CSV UTF-8'.
    """

    zh = (
        "{path} 第 {line} 行：文本既不是 UTF-8 也不是 GB18030 编码（字节 {byte}）。"
        "请另存为 UTF-8，例如 Excel 的“CSV UTF-8”。"
    )


class NotATable(PostloanError):
    """{path} is not a table of text: {why}.

    Give a .csv, .xlsx or .parquet file.
    """

    zh = "{path} 不是文本表格：{why}。请提供 .csv、.xlsx 或 .parquet 文件。"


class OpenQuote(PostloanError):
    """{path}, data row {row}: a quotation mark is opened and never closed, so that all that follows is swallowed.

    Close it or delete it in the source, then run again.
    """

    zh = "{path} 第 {row} 条数据：引号没有闭合，其后内容全部被并入一个单元格。请在源文件中补上或删除该引号后重新运行。"


class DamagedParquet(PostloanError):
    """{path} cannot be read as Parquet: {why}.

    The file is incomplete or damaged; ask for it again.
    """

    zh = "{path} 无法作为 Parquet 读取：{why}。文件不完整或已损坏，请重新索取。"
