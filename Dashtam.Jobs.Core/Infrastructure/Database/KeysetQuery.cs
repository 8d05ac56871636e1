namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>A column that the rows of a <see cref="KeysetQuery"/> are ordered by.</summary>
/// <param name="Name">As it stands in the table.</param>
/// <param name="Ordinal">Where the statement selects it, from 0.</param>
internal readonly record struct KeyColumn(string Name, int Ordinal);

/// <summary>A query that is read page by page, each page beginning after the last row of the one before.</summary>
/// <param name="Select">The statement up to the end of its <c>WHERE</c>. Its first column is the row's id; no column may be NULL.</param>
/// <param name="Key">What the rows are ordered by, ascending; together unique.</param>
internal sealed record KeysetQuery(string Select, params IReadOnlyList<KeyColumn> Key)
{
    private string Columns => string.Join(", ", Key.Select(column => column.Name));

    /// <summary>The statement for a page of <c>@limit</c> rows.</summary>
    /// <param name="isFirst">Whether it begins at the beginning, rather than after <c>@key0, @key1 …</c></param>
    public string Page(bool isFirst)
    {
        var after = isFirst ? "" : $" AND ({Columns}) > ({string.Join(", ", Key.Select((_, index) => Parameter(index)))})";
        return $"{Select}{after} ORDER BY {Columns} LIMIT @limit";
    }

    /// <summary>The name of a key's parameter.</summary>
    public static string Parameter(int index) => $"@key{index}";
}
