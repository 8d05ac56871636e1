using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>Reads rows. A connection is held for a statement, never while a caller deals with what it read.</summary>
/// <param name="database">Where from.</param>
/// <param name="dialect">How to ask it.</param>
/// <param name="connections">
/// How many connections its pool has. Who finds all of them in use waits here, for as long as its job has time: the driver's own
/// wait ends after the few seconds that connecting may take, although a statement may take sixty.
/// </param>
internal sealed class DatabaseReader(DbDataSource database, SqlDialect dialect, int connections) : IDisposable
{
    private readonly SemaphoreSlim _free = new(connections);

    static DatabaseReader() => ColumnTypes.Register();

    /// <summary>Rows fetched at a time.</summary>
    public int PageSize { get; init; } = 500;

    public SqlDialect Dialect => dialect;

    public Task<long> CountAsync(string sql, DynamicParameters parameters, CancellationToken cancellationToken) =>
        WithConnectionAsync(
            connection => connection.ExecuteScalarAsync<long>(
                new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)),
            cancellationToken);

    /// <summary>All rows of a small result, whose first column is the row's id; no column may be NULL.</summary>
    public async Task<IReadOnlyList<ReadRow<TRow>>> ListAsync<TRow>(
        string sql, DynamicParameters parameters, CancellationToken cancellationToken)
        where TRow : class =>
        (await ReadAsync<TRow>(sql, parameters, [], cancellationToken)).Rows;

    /// <summary>All rows of a result that may be large, a page at a time, in the order of the query's key.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="parameters">Of the query's own conditions.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<ReadRow<TRow>> PagesAsync<TRow>(
        KeysetQuery query,
        DynamicParameters parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRow : class
    {
        parameters.Add("limit", PageSize);
        var isFirst = true;
        Page<TRow> page;
        do
        {
            page = await ReadAsync<TRow>(query.Page(isFirst), parameters, query.Key, cancellationToken);
            foreach (var row in page.Rows)
            {
                yield return row;
            }

            isFirst = false;
            for (var index = 0; index < page.LastKey.Length; index++)
            {
                parameters.Add(KeysetQuery.Parameter(index), page.LastKey[index]);
            }
        }
        while (page.Rows.Count == PageSize);
    }

    public void Dispose() => _free.Dispose();

    private Task<Page<TRow>> ReadAsync<TRow>(
        string sql, DynamicParameters parameters, IReadOnlyList<KeyColumn> key, CancellationToken cancellationToken)
        where TRow : class =>
        WithConnectionAsync(
            async connection =>
            {
                await using var reader = await connection.ExecuteReaderAsync(
                    new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
                var parse = reader.GetRowParser<TRow>();
                var rows = new List<ReadRow<TRow>>();
                object[] lastKey = [];
                while (await reader.ReadAsync(cancellationToken))
                {
                    rows.Add(Read(reader, parse));
                    // Of each row, also of one that cannot be read: the next page begins after it.
                    lastKey = [.. key.Select(column => dialect.KeyOf(reader, column.Ordinal))];
                }

                return new Page<TRow>(rows, lastKey);
            },
            cancellationToken);

    // Dapper wraps what the driver says of a value; what the driver says of the connection is no matter of one row.
    private static ReadRow<TRow> Read<TRow>(DbDataReader reader, Func<DbDataReader, TRow> parse)
        where TRow : class
    {
        var id = reader.GetGuid(0);
        for (var column = 0; column < reader.FieldCount; column++)
        {
            // The parser would make an empty id, or no text, of it.
            if (reader.IsDBNull(column))
            {
                return new ReadRow<TRow>(id, Value: null, $"{reader.GetName(column)} is NULL");
            }
        }

        try
        {
            return new ReadRow<TRow>(id, parse(reader), Problem: null);
        }
        catch (DataException error) when (error.InnerException is not DbException)
        {
            // Not Dapper's own message, which holds the value: it may be a person's.
            return new ReadRow<TRow>(id, Value: null, error.InnerException?.Message ?? "a value cannot be read");
        }
    }

    private async Task<TResult> WithConnectionAsync<TResult>(
        Func<DbConnection, Task<TResult>> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            return await read(connection);
        }
        finally
        {
            _free.Release();
        }
    }

    private readonly record struct Page<TRow>(List<ReadRow<TRow>> Rows, object[] LastKey)
        where TRow : class;
}
