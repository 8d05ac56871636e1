using System.Data.Common;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>A query that is read page by page, each page beginning after the last row of the one before.</summary>
/// <param name="Select">The statement up to the end of its <c>WHERE</c>.</param>
/// <param name="KeyColumns">What the rows are ordered by, ascending; together unique.</param>
/// <param name="Read">Makes a row of the reader's current one.</param>
/// <param name="KeyOf">A row's values of <paramref name="KeyColumns"/>, as parameters.</param>
internal sealed record KeysetQuery<TRow>(
    string Select, string[] KeyColumns, Func<DbDataReader, TRow> Read, Func<TRow, object[]> KeyOf)
{
    private string Columns => string.Join(", ", KeyColumns);

    /// <summary>The statement for a page of <c>@limit</c> rows.</summary>
    /// <param name="isFirst">Whether it begins at the beginning, rather than after <c>@key0, @key1 …</c></param>
    public string Page(bool isFirst)
    {
        var after = isFirst ? "" : $" AND ({Columns}) > ({string.Join(", ", KeyColumns.Select((_, index) => Parameter(index)))})";
        return $"{Select}{after} ORDER BY {Columns} LIMIT @limit";
    }

    /// <summary>The name of a key's parameter.</summary>
    public static string Parameter(int index) => $"@key{index}";
}
