using Dashtam.Jobs.Core.Infrastructure.Database;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What a test says of rows.</summary>
internal static class ReadRows
{
    /// <summary>The rows themselves; one that cannot be read fails the test.</summary>
    public static List<TRow> Values<TRow>(this IEnumerable<ReadRow<TRow>> rows)
        where TRow : class =>
        [.. rows.Select(row => row.Value ?? throw new AssertionException($"{row.Id} cannot be read: {row.Problem}"))];
}
