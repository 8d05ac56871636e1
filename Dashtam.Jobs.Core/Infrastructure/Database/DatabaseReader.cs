using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>Reads rows. A connection is held for a statement, never while a caller deals with what it read.</summary>
internal sealed class DatabaseReader(DbDataSource database, SqlDialect dialect)
{
    /// <summary>Rows fetched at a time.</summary>
    public int PageSize { get; init; } = 500;

    public SqlDialect Dialect => dialect;

    public async Task<long> CountAsync(string sql, DynamicParameters parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>All rows of a small result.</summary>
    public async Task<List<TRow>> ListAsync<TRow>(
        string sql, DynamicParameters parameters, Func<DbDataReader, TRow> read, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        var rows = new List<TRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>All rows of a result that may be large, a page at a time, in the order of the query's key.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="parameters">Of the query's own conditions.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<TRow> PagesAsync<TRow>(
        KeysetQuery<TRow> query,
        DynamicParameters parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        parameters.Add("limit", PageSize);
        var isFirst = true;
        List<TRow> page;
        do
        {
            page = await ListAsync(query.Page(isFirst), parameters, query.Read, cancellationToken);
            foreach (var row in page)
            {
                yield return row;
            }

            isFirst = false;
            if (page.Count > 0)
            {
                AddKey(parameters, query.KeyOf(page[^1]));
            }
        }
        while (page.Count == PageSize);
    }

    private static void AddKey(DynamicParameters parameters, object[] key)
    {
        for (var index = 0; index < key.Length; index++)
        {
            parameters.Add(KeysetQuery<object>.Parameter(index), key[index]);
        }
    }
}
