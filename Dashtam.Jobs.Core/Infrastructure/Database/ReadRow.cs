using System.Diagnostics.CodeAnalysis;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>
/// A row of a table that other programs write: read, or named together with the reason why it cannot be read. One bad row must
/// not hide the rows beside it.
/// </summary>
/// <param name="Id">The row's id, which can always be read.</param>
/// <param name="Value">The row; null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be read; null when it was.</param>
internal readonly record struct ReadRow<TRow>(Guid Id, TRow? Value, string? Problem)
    where TRow : class
{
    /// <summary>Whether the row was read.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsRead => Value is not null;
}
