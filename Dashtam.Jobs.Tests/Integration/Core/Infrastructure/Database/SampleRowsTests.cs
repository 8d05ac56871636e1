using System.Globalization;
using System.Text.Json;
using Dapper;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Database;

/// <summary>The rows of a local run are those of deploy/sql/02-seed.sql, column by column.</summary>
[Category("Integration")]
internal sealed class SampleRowsTests
{
    /// <summary>The seed puts one row of each table a microsecond past its threshold, the sample a second inside.</summary>
    private static readonly string[] MovedIntoTheThreshold =
        ["5eed0002-0000-7000-8000-000000000004", "5eed0003-0000-7000-8000-000000000003"];

    private static readonly DateTimeOffset Now =
        DateTimeOffset.Parse("2026-01-02T03:04:05.678901Z", CultureInfo.InvariantCulture);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashtam-sample-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task Each_row_says_in_SQLite_what_it_says_in_PostgreSQL()
    {
        await using var postgres = await SeededDatabase.CreateAsync(Now);
        var file = Path.Combine(_folder.FullName, "sample.db");
        await SampleDatabase.CreateAsync(file, Now, CancellationToken.None);
        await using var seeded = await postgres.Source.OpenConnectionAsync();
        await using var sample = await DatabaseServices.SampleSource(file).OpenConnectionAsync();
        await seeded.ExecuteAsync("SET timezone = 'UTC'");

        foreach (var table in SchemaFile.Tables())
        {
            var expected = (await seeded.QueryAsync<string>($"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id")).Select(OfPostgres);
            var actual = (await sample.QueryAsync($"SELECT * FROM {table} ORDER BY id")).Select(row => OfSqlite((IDictionary<string, object?>)row));

            Assert.That(actual, Is.Not.Empty.And.EqualTo(expected), table);
        }
    }

    private static string OfPostgres(string json) => Row(
        JsonElement.Parse(json).EnumerateObject().Select(column => KeyValuePair.Create(column.Name, column.Value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => "1",
            JsonValueKind.False => "0",
            JsonValueKind.String => column.Value.GetString(),
            _ => column.Value.GetRawText(),
        })));

    private static string OfSqlite(IDictionary<string, object?> row) => Row(
        row.Select(column => KeyValuePair.Create(column.Key, column.Value switch
        {
            null => null,
            byte[] bytes => $"\\x{Convert.ToHexStringLower(bytes)}",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture),
        })));

    // The database itself says when a row was made.
    private static string Row(IEnumerable<KeyValuePair<string, string?>> columns)
    {
        var values = columns.Where(column => column.Key is not ("created_at" or "updated_at")).ToDictionary(StringComparer.Ordinal);
        if (MovedIntoTheThreshold.Contains(values["id"], StringComparer.Ordinal))
        {
            values.Remove("expires_at");
            values.Remove("credentials_expires_at");
        }

        return string.Join('\n', values.OrderBy(column => column.Key, StringComparer.Ordinal).Select(column => $"{column.Key}: {column.Value ?? "NULL"}"));
    }
}
