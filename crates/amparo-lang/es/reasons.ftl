# reasons
reason-database-too-much-work = Leer esta base de datos exigió mucho más trabajo del que debería exigir un archivo de su tamaño. Lo que se leyó hasta entonces queda guardado.
